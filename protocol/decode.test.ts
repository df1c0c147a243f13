import { describe, expect, test } from 'vitest';
import { signingBytes } from './canonical.ts';
import { readAgentMessage, readEnvelope } from './decode.ts';
import { limits } from './limits.ts';

function refusalOf(message: unknown): { code: string; path: string } {
  const read = readAgentMessage(typeof message === 'string' ? message : JSON.stringify(message));
  if (read.ok) throw new Error('the message was taken');
  return { code: read.refusal.code, path: read.refusal.path };
}

function nest(depth: number): unknown {
  return depth === 0 ? 1 : { a: nest(depth - 1) };
}

describe('what an agent types', () => {
  test('the founding messages are taken as they are', () => {
    for (const text of [
      '{"type":"broadcast","query":"Who can help with X?","context":{"a":[1,2]},"from":"me"}',
      '{"type":"capability_match","confidence":0.9,"offer":"I can help","from":"me"}',
      '{"type":"proposal","content":"Do it","references":["m1","m2"]}',
      '{"type":"build_on","parent":"m1","content":{"more":true}}',
    ]) {
      expect(readAgentMessage(text), text).toMatchObject({ ok: true, value: { kind: 'draft' } });
    }
  });

  test.each([
    ['no JSON', '{"type":', 'AMP-1001', ''],
    ['a list', '[]', 'AMP-1001', ''],
    ['half a surrogate pair', '{"type":"broadcast","query":"\\ud800"}', 'AMP-1001', 'query'],
    [
      'a text beyond its limit',
      { type: 'broadcast', query: 'x'.repeat(limits.stringLengthMax + 1) },
      'AMP-1002',
      'query',
    ],
    [
      'values nested too deeply',
      { type: 'broadcast', query: 'q', context: nest(40) },
      'AMP-1003',
      `context${'.a'.repeat(31)}`,
    ],
    [
      'a forbidden key',
      '{"type":"broadcast","query":"q","context":{"__proto__":{"x":1}}}',
      'AMP-1004',
      'context.__proto__',
    ],
    [
      'another forbidden key',
      '{"type":"broadcast","query":"q","context":{"constructor":1}}',
      'AMP-1004',
      'context.constructor',
    ],
    ['a wrong type of field', { type: 'broadcast', query: 7 }, 'AMP-1005', 'query'],
    ['a missing field', { type: 'build_on', content: 'x' }, null, ''],
    ['an unknown type', { type: 'sing' }, 'AMP-1006', 'type'],
    ['another version', { amp: '2', type: 'ping' }, 'AMP-1007', 'amp'],
    [
      'a number that is not finite',
      '{"type":"deposit","location":"a","kind":"b","amount":1e999,"halfLifeMs":1}',
      'AMP-1008',
      'amount',
    ],
    ['an unknown key', { type: 'broadcast', query: 'q', colour: 'red' }, 'AMP-1009', 'colour'],
    [
      'an `ext` that is too large',
      { type: 'broadcast', query: 'q', ext: { a: 'x'.repeat(5_000) } },
      'AMP-1002',
      'ext',
    ],
    [
      'a context that is too large',
      { type: 'broadcast', query: 'q', context: { a: 'x'.repeat(17_000) } },
      'AMP-1002',
      'context',
    ],
    ['a confidence above 1', { type: 'capability_match', confidence: 1.5 }, 'AMP-1005', 'confidence'],
    [
      'an address of no known form',
      { type: 'broadcast', query: 'q', to: { capability: 'x', count: 'some' } },
      'AMP-1005',
      'to.count',
    ],
  ])('%s is refused with the path that was wrong', (_name, message, code, path) => {
    if (code === null) expect(readAgentMessage(JSON.stringify(message)).ok).toBe(true);
    else expect(refusalOf(message)).toEqual({ code, path });
  });

  test('an unsigned object is no envelope', () => {
    expect(readEnvelope({ type: 'broadcast', query: 'q' })).toMatchObject({
      ok: false,
      refusal: { code: 'AMP-1005' },
    });
  });
});

test('the same object under two domain tags gives different bytes to sign, and its `sig` is no part of them', () => {
  const object = { a: 1, sig: 'x' };
  const text = (domain: `amp/1/${string}`): string => new TextDecoder().decode(signingBytes(domain, object));
  expect(text('amp/1/vote')).toBe('amp/1/vote\n{"a":1}');
  expect(text('amp/1/envelope')).not.toBe(text('amp/1/vote'));
});
