import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { searchableText } from '../../cli/bench/agent-search-data.ts';
import { compareQuantized, createBuiltinEmbedder, quantize } from '../../discovery/embed/index.ts';

interface Agent {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: string[];
  readonly role: 'wanted' | 'related' | 'unrelated';
}

const file = join(import.meta.dirname, '..', 'data', 'travel-check', 'agents.jsonl');
const agents = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Agent);
const embedder = createBuiltinEmbedder();
const vectors = agents.map((agent) => quantize(embedder.embed(searchableText(agent))));

test('there are 200 agents, four of them wanted', () => {
  expect(agents).toHaveLength(200);
  expect(new Set(agents.map(({ id }) => id)).size).toBe(200);
  expect(agents.filter(({ role }) => role === 'wanted')).toHaveLength(4);
});

test.each([
  'Book travel to NYC',
  'book travel to New York',
  'I want to travel to Lisbon in May, please book it',
])('"%s" ranks flights, hotels, itinerary and local knowledge above every unrelated agent', (query) => {
  const asked = quantize(embedder.embed(query));
  const ranked = agents
    .map((agent, at) => ({ id: agent.id, role: agent.role, score: compareQuantized(asked, vectors[at]!) }))
    .sort((a, b) => b.score - a.score);
  const lastWanted = ranked.findLastIndex(({ role }) => role === 'wanted');
  const intruders = ranked.slice(0, lastWanted).filter(({ role }) => role === 'unrelated');
  expect(intruders).toEqual([]);
});
