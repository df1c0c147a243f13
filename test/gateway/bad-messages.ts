/** What a joined agent may wrongly say, each with the code that it must be answered with. */
import type { ErrorCode } from '../../protocol/errors.ts';

export interface BadMessage {
  readonly what: string;
  readonly text: string;
  readonly code: ErrorCode;
}

export interface Facts {
  readonly own: string;
  readonly other: string;
  readonly mesh: string;
}

const uuid = '01970000-0000-7000-8000-000000000001';
const sig = 'A'.repeat(86);
const nobody = 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH';

export function badMessages({ own, other, mesh }: Facts): readonly BadMessage[] {
  const list: BadMessage[] = [];
  const raw = (code: ErrorCode, what: string, text: string) => void list.push({ what, text, code });
  const say = (code: ErrorCode, what: string, message: object) => raw(code, what, JSON.stringify(message));
  /** A good message to another agent, with one thing wrong. */
  const wrong = (code: ErrorCode, what: string, change: object) =>
    say(code, what, { type: 'proposal', to: other, content: 'x', ...change });
  const nest = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

  for (const [what, text] of Object.entries({
    'an empty message': '',
    'a space': ' ',
    prose: 'hello',
    'half an object': '{"type":"ping"',
    'a trailing comma': '{"type":"ping",}',
    'two objects': '{"type":"ping"}{"type":"ping"}',
    'single quotes': "{'type':'ping'}",
    'a comment': '{"type":"ping"/*x*/}',
    NaN: '{"type":"proposal","content":NaN}',
    Infinity: '{"type":"proposal","content":Infinity}',
    undefined: '{"type":undefined}',
    'a hexadecimal number': '{"type":"ping","nonce":0x1}',
    'a leading zero': '{"type":"ping","nonce":01}',
    'a raw line feed in a text': '{"type":"ping","nonce":"a\nb"}',
    'a bad escape': '{"type":"ping","nonce":"\\x41"}',
    'a byte order mark': '\ufeff{"type":"ping"}',
    'an array': '[{"type":"ping"}]',
    'an empty array': '[]',
    null: 'null',
    true: 'true',
    'a number': '7',
    'a text': '"ping"',
    'a lone high surrogate': '{"type":"proposal","content":"\\ud800"}',
    'a lone low surrogate': '{"type":"proposal","content":"\\udc00"}',
    YAML: 'type: ping',
    'an HTTP request': 'GET / HTTP/1.1',
    'a thousand brackets': '['.repeat(1_000),
  }))
    raw('AMP-1001', what, text);

  raw(
    'AMP-1003',
    'objects 33 deep',
    `{"type":"proposal","content":${nest(33, '{"a":', '}').replace('}', '1}')}}`,
  );
  raw('AMP-1003', 'arrays 40 deep', `{"type":"proposal","content":{"a":${nest(40, '[', ']')}}}`);
  raw('AMP-1003', 'arrays 5,000 deep', `{"type":"proposal","content":{"a":${nest(5_000, '[', ']')}}}`);
  raw(
    'AMP-1003',
    'context 33 deep',
    `{"type":"broadcast","query":"x","context":${nest(33, '{"a":', '}').replace('}', '1}')}}`,
  );
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 0]));
  wrong('AMP-1003', 'an object of 1,001 keys', { content: keys(1_001) });
  wrong('AMP-1003', 'a context of 2,000 keys', { context: keys(2_000) });
  wrong('AMP-1003', '20,000 list items', { content: { list: Array.from({ length: 20_000 }, () => 0) } });
  wrong('AMP-1003', 'a key of 257 letters', { content: { ['k'.repeat(257)]: 0 } });
  wrong('AMP-1003', 'a key of 60,000 letters', { ext: { ['k'.repeat(60_000)]: 0 } });

  for (const key of ['__proto__', 'constructor', 'prototype']) {
    for (const [where, text] of Object.entries({
      'at the top': `{"type":"ping","${key}":{"x":1}}`,
      'in the content': `{"type":"proposal","content":{"${key}":{"isAdmin":true}}}`,
      'in the context': `{"type":"broadcast","query":"x","context":{"a":{"${key}":1}}}`,
      'in ext': `{"type":"proposal","content":"x","ext":{"${key}":1}}`,
      'in a list': `{"type":"proposal","content":{"a":[{"${key}":1}]}}`,
      'in a capability': `{"type":"announce","capability":{"text":"x","${key}":1}}`,
    }))
      raw('AMP-1004', `${key} ${where}`, text);
  }
  raw('AMP-1004', 'an escaped __proto__', '{"type":"ping","\\u005f_proto__":1}');

  wrong('AMP-1002', 'a text of 64 Ki + 1 letters', { content: 'x'.repeat(65_537) });
  wrong('AMP-1002', 'ext over 4 KiB', { ext: { a: 'x'.repeat(4_100) } });
  wrong('AMP-1002', 'ext over 4 KiB in bytes, not in letters', { ext: { a: '€'.repeat(1_400) } });
  wrong('AMP-1002', 'a context over 16 KiB', { context: { a: 'x'.repeat(17_000) } });
  raw('AMP-1008', 'a number beyond all', '{"type":"proposal","content":{"a":1e999}}');
  raw('AMP-1008', 'a number below all', '{"type":"proposal","content":{"a":-1e999}}');

  for (const [what, change] of Object.entries({
    'no type': { type: undefined },
    'a type that is a number': { type: 7 },
    'a type that is null': { type: null },
    'a type that is a list': { type: ['proposal'] },
    'a receiver that is a number': { to: 7 },
    'a receiver that is empty': { to: '' },
    'a receiver that is no DID': { to: 'bob' },
    'a receiver of another key type': { to: 'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc' },
    'a receiver with a zero letter': { to: `${other.slice(0, -1)}0` },
    'a receiver by an unknown address': { to: { planet: 'mars' } },
    'a capability address without a text': { to: { capability: '' } },
    'a capability of 1,001 letters': { to: { capability: 'x'.repeat(1_001) } },
    'no receivers at all': { to: { capability: 'x', count: 0 } },
    'half a receiver': { to: { capability: 'x', count: 1.5 } },
    'minus one receivers': { to: { capability: 'x', count: -1 } },
    'a million receivers': { to: { capability: 'x', count: 1_000_000 } },
    'a similarity of 2': { to: { capability: 'x', min: 2 } },
    'a space that is no id': { space: 'kitchen' },
    'a thread that is no id': { thread: 'x' },
    'an id that is no UUID': { id: 'x' },
    'an id of UUID version 4': { id: '3b241101-e2bb-4255-8caf-4136c566a962' },
    'an id in capital letters': { id: uuid.replace('7000-8000', '7000-8ABC') },
    'an id that is a number': { id: 7 },
    'a negative time': { at: -1 },
    'a broken time': { at: 1.5 },
    'a time that is a text': { at: '2026-01-01' },
    'a time beyond the safe integers': { at: 2 ** 53 },
    'a negative time to live': { ttlMs: -1 },
    'a broken time to live': { ttlMs: 0.5 },
    'a year to live': { ttlMs: 365 * 24 * 3_600_000 },
    'an empty name': { from: '' },
    'a name of 200 letters': { from: 'x'.repeat(200) },
    'a trace that is none': { trace: '00-xyz' },
    'a trace in capital letters': { trace: `00-${'A'.repeat(32)}-${'1'.repeat(16)}-01` },
    'a budget that is a number': { budget: 7 },
    'a budget of minus one token': { budget: { tokens: -1 } },
    'a budget of half a token': { budget: { tokens: 0.5 } },
    'a budget in dollars and cents': { budget: { money: { amount: 1, currency: 'dollars' } } },
    'a context that is a list': { context: [] },
    'a context that is a text': { context: 'x' },
    'no content': { content: undefined },
    'a content that is a number': { content: 7 },
    'a content that is a list': { content: ['x'] },
    'a content that is null': { content: null },
    'a confidence of 1.01': { confidence: 1.01 },
    'a confidence of minus one': { confidence: -1 },
    'a confidence in words': { confidence: 'high' },
    'references that are a text': { references: 'x' },
    'an empty reference': { references: [''] },
    '65 references': { references: Array.from({ length: 65 }, (_, at) => `r${at}`) },
    'a parent that is a number': { parent: 7 },
    'a parent of 300 letters': { parent: 'x'.repeat(300) },
    'an attachment without a hash': { attachments: [{ bytes: 1, mediaType: 'a/b', name: 'x' }] },
    'an attachment with half a hash': {
      attachments: [{ sha256: 'ab', bytes: 1, mediaType: 'a/b', name: 'x' }],
    },
    'an attachment of minus one byte': {
      attachments: [{ sha256: 'a'.repeat(64), bytes: -1, mediaType: 'a/b', name: 'x' }],
    },
    'an attachment of 2 TiB': {
      attachments: [{ sha256: 'a'.repeat(64), bytes: 2 ** 41, mediaType: 'a/b', name: 'x' }],
    },
    'an attachment without a name': { attachments: [{ sha256: 'a'.repeat(64), bytes: 1, mediaType: 'a/b' }] },
    '65 attachments': {
      attachments: Array.from({ length: 65 }, () => ({
        ...{ sha256: 'a'.repeat(64), bytes: 1 },
        ...{ mediaType: 'a/b', name: 'x' },
      })),
    },
    'attachments that are an object': { attachments: {} },
    'a signature that is short': { sig: 'abc' },
    'a signature that is no text': { sig: 7 },
    'meets that is a text': { meets: 'x' },
  }))
    wrong('AMP-1005', what, change);

  wrong('AMP-1009', 'an unknown key', { colour: 'red' });
  wrong('AMP-1009', 'an unknown key in an attachment', {
    attachments: [{ sha256: 'a'.repeat(64), bytes: 1, mediaType: 'a/b', name: 'x', url: 'http://x' }],
  });
  wrong('AMP-1009', 'an unknown key in a budget', { budget: { gold: 1 } });
  wrong('AMP-1009', 'a node-only mark', { delivery: { redelivered: true } });
  wrong('AMP-1012', 'a time two minutes ahead', { at: Date.now() + 120_000 });
  wrong('AMP-1012', 'a time in the year 3000', { at: 32_503_680_000_000 });
  wrong('AMP-1011', 'a message that expired an hour ago', { at: Date.now() - 7_200_000 });
  wrong('AMP-1011', 'a message from 1970', { at: 0 });
  wrong('AMP-1007', 'protocol version 2', { amp: '2' });
  wrong('AMP-1007', 'a protocol version that is a number', { amp: 1 });

  for (const type of [
    '',
    'Proposal',
    'proposal ',
    'shutdown',
    'toString',
    'hasOwnProperty',
    'x'.repeat(1_000),
  ])
    say('AMP-1006', `the type "${type.slice(0, 20)}"`, { type });

  for (const [what, message] of Object.entries({
    'a welcome from an agent': { type: 'welcome', did: own },
    'a second join': { type: 'join', name: 'x', token: 'y' },
    'a found from an agent': { type: 'found', request: 'x', what: 'agents', items: [], complete: true },
    'an event from an agent': { type: 'event', subscription: 'x', event: {} },
    'an error from an agent': { type: 'error', code: 'x', message: 'y' },
    'a sign_request from an agent': { type: 'sign_request', request: 'x', purpose: 'record', bytes: 'AA' },
    'a signature nobody asked for': { type: 'signature', request: 'x', signature: 'AA' },
    'a ping with a number': { type: 'ping', nonce: 7 },
    'an announcement of nothing': { type: 'announce' },
    'an announcement without a text': { type: 'announce', capability: {} },
    'a capability that is a text': { type: 'announce', capability: 'cooking' },
    'a withdrawal of nothing': { type: 'withdraw' },
    'a subscription without a filter': { type: 'subscribe', subscription: 'x' },
    'a subscription to an unknown topic': {
      type: 'subscribe',
      subscription: 'x',
      filter: { topic: 'secrets' },
    },
    'a subscription without a name': { type: 'subscribe', subscription: '', filter: {} },
    'a query for nothing': { type: 'query', request: 'x' },
    'a query for secrets': { type: 'query', request: 'x', what: 'keys' },
    'a query for __defineGetter__': { type: 'query', request: 'x', what: '__defineGetter__' },
    'a query with a limit of minus one': { type: 'query', request: 'x', what: 'agents', limit: -1 },
    'a discovery with a similarity of 7': {
      ...{ type: 'query', request: 'x', what: 'discover', text: 'x' },
      filter: { similarityMin: 7 },
    },
    'a receipt of an unknown level': { type: 'receipt', level: 'read', ids: [uuid] },
    'a receipt for no id': { type: 'receipt', level: 'delivered', ids: ['x'] },
    'a receipt for 1,025 ids': { type: 'receipt', level: 'delivered', ids: Array(1_025).fill(uuid) },
    'records that are a text': { type: 'records', records: 'x' },
    '65 records': { type: 'records', records: Array(65).fill({}) },
    'a broadcast without a query': { type: 'broadcast' },
    'a capability match without confidence': { type: 'capability_match', offer: 'x' },
    'an award without a task': { type: 'award', fencing: 1 },
    'an award with a negative fence': { type: 'award', task: uuid, fencing: -1 },
    'a partial result without an index': { type: 'partial', task: uuid, fencing: 1, content: 'x' },
    'a ballot with one option': {
      ...{ type: 'ballot', decision: uuid, question: 'x', options: ['a'] },
      ...{ rule: 'majority', deadlineAt: 1 },
    },
    'channel data without a number': { type: 'channel_data', channel: uuid, data: 'x' },
    'an invitation to everybody': { type: 'invite', goal: 'x', space: uuid },
    'an invitation to no space': { type: 'invite', goal: 'x', to: other },
    'an invitation to the commons': { type: 'invite', goal: 'x', to: other, space: 'commons' },
  }))
    say('AMP-1005', what, message);
  say('AMP-1009', 'a subscription with an unknown filter', {
    ...{ type: 'subscribe', subscription: 'x' },
    filter: { password: 1 },
  });

  say('AMP-1101', 'a record that nobody signed', { type: 'records', records: [{ record: 'members' }] });
  say('AMP-1101', 'a record of an unknown kind', { type: 'records', records: [{ record: 'crown' }] });
  wrong('AMP-1402', 'an unknown space', { to: undefined, space: '01970000-0000-7000-8000-00000000abcd' });
  wrong('AMP-1402', 'an unknown space as the address', {
    to: { space: '01970000-0000-7000-8000-00000000abce' },
  });
  say('AMP-1401', 'the entries of a space one does not belong to', {
    ...{ type: 'query', request: 'x', what: 'space' },
    text: '01970000-0000-7000-8000-00000000abcd',
  });

  const signed = { amp: '1', id: uuid, mesh, at: Date.now(), ttlMs: 60_000, sig };
  wrong('AMP-1101', 'a made-up signature', { ...signed, from: own });
  wrong('AMP-1101', 'a signed message from another agent', { ...signed, from: nobody });
  wrong('AMP-1101', 'a signed message from a display name', { ...signed, from: 'bob' });
  wrong('AMP-1105', 'a signed message for another mesh', { ...signed, from: own, mesh: 'other' });
  wrong('AMP-1106', 'a signature by a key of another agent', { ...signed, from: own, key: other });
  wrong('AMP-1012', 'a signed message from the future', { ...signed, from: own, at: Date.now() + 600_000 });
  wrong('AMP-1011', 'a signed message that has expired', { ...signed, from: own, at: 1_000 });
  wrong('AMP-1005', 'a signed message without a time', { ...signed, from: own, at: undefined });
  return list;
}
