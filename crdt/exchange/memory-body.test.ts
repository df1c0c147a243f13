import { describe, expect, test } from 'vitest';
import { readMemoryBody } from './memory-body.ts';

const space = '01890a5d-ac96-774b-bcce-b302099a8057';
const summary = { kind: 'root', space, digest: '00'.repeat(16) };

describe('the body of a summary', () => {
  test('passes as it is, in a space and in the commons', () => {
    for (const place of [space, 'commons']) {
      const body = { kind: 'summary', space: place, summary };
      expect(readMemoryBody(body)).toEqual({ ok: true, value: body });
    }
  });

  test.each([
    ['without a space', { kind: 'summary', summary }],
    ['of a space that has no such name', { kind: 'summary', space: 'garden', summary }],
    ['whose summary is a list', { kind: 'summary', space, summary: [summary] }],
    ['whose summary is nothing', { kind: 'summary', space, summary: null }],
    ['with a field too many', { kind: 'summary', space, summary, more: 1 }],
    ['of another kind', { kind: 'sum', space, summary }],
  ])('is refused %s', (_what, body) => {
    expect(readMemoryBody(body as never)).toMatchObject({ ok: false, refusal: { path: expect.any(String) } });
  });
});
