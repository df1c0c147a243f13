import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { errorTable } from './errors.ts';
import { renderSchemas } from './schema-export.ts';

const folder = new URL('./schema/', import.meta.url);

describe('the published schemas', () => {
  test('are what the source says now; run "npm run schema" after a change', () => {
    const rendered = renderSchemas();
    expect(readdirSync(folder).sort()).toEqual([...rendered.keys()].sort());
    for (const [name, text] of rendered) expect(readFileSync(new URL(name, folder), 'utf8'), name).toBe(text);
  });

  test('name every message type of the protocol', () => {
    const { $defs } = JSON.parse(renderSchemas().get('envelopes.json')!) as { $defs: object };
    for (const type of [
      'broadcast',
      'capability_match',
      'proposal',
      'build_on',
      'cfp',
      'ballot',
      'channel_open',
    ]) {
      expect(Object.keys($defs)).toContain(type);
    }
  });
});

describe('the error table', () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const rows = new Map(
    [...readme.matchAll(/^\| (AMP-\d{4}) \| ([a-z0-9-]+) \| (.+) \|$/gm)].map(
      (match) => [match[1]!, [match[2]!, match[3]!]] as const,
    ),
  );

  test('has one row in the README for each code, with the same name and the same advice', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(errorTable).sort());
    for (const [code, { name, todo }] of Object.entries(errorTable)) {
      expect(rows.get(code), code).toEqual([name, todo.replaceAll('|', '\\|')]);
    }
  });

  test('tells what to do in a whole sentence', () => {
    for (const [code, { todo }] of Object.entries(errorTable)) expect(todo, code).toMatch(/^[A-Z].+[.!]$/);
  });
});
