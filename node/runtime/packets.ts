/** What nodes say to each other: the packets of the direct protocol and of the gossip topics, as JSON. */
import * as z from 'zod';
import { readUtf8, utf8 } from '../../protocol/bytes.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import { checkJson, type JsonObject } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import * as f from '../../protocol/message-fields.ts';
import { type Attachment, attachmentSchema, membersSchema, receiptsSchema } from '../../protocol/records.ts';

const envelope = f.jsonObject;
/** Attachments in one packet. */
const attachmentsMax = 64;
const attachments = z.array(attachmentSchema).max(attachmentsMax);

/** Messages for agents of the receiving node, with the attachments that their signatures rest on. */
const mail = z.strictObject({
  packet: z.literal('mail'),
  items: z
    .array(z.strictObject({ to: z.array(f.did).min(1).max(limits.receiversMax), envelope }))
    .min(1)
    .max(limits.batchEnvelopesMax),
  attachments,
});

/** Published: envelopes of the publishing node's own agents. */
const batch = z.strictObject({
  packet: z.literal('batch'),
  node: f.did,
  envelopes: z.array(envelope).max(limits.batchEnvelopesMax),
  attachments,
});

const receipts = z.strictObject({ packet: z.literal('receipts'), record: receiptsSchema });

/** "These agents are attached here", and on request everything known. */
const attached = z.strictObject({
  packet: z.literal('attachments'),
  attachments,
  more: z.boolean().optional(),
});

const spaceDigest = z.strictObject({
  space: f.spaceId,
  version: f.count,
  count: f.count,
  xor: z.tuple([z.int().min(0).max(0xffffff), z.int().min(0).max(0xffffff)]),
});

const space = z.strictObject({
  packet: z.literal('space'),
  attachments,
  body: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('digest'), digests: z.array(spaceDigest).max(64) }),
    z.strictObject({
      kind: z.literal('pull'),
      space: f.spaceId,
      version: f.count,
      have: z.array(z.string().max(64)).max(10_000),
    }),
    z.strictObject({ kind: z.literal('members'), records: z.array(membersSchema).max(16) }),
    z.strictObject({ kind: z.literal('entries'), envelopes: z.array(envelope).max(4_096) }),
  ]),
});

/** A machine of discovery, of shared memory or of a team speaking to its like: checked by that machine's own schema. */
const machine = z.strictObject({ packet: z.literal('machine'), machine: f.name, body: f.jsonObject });

/** Packets of one turn, in one publication. */
const bundle = z.strictObject({
  packet: z.literal('bundle'),
  parts: z
    .array(z.discriminatedUnion('packet', [attached, machine]))
    .min(1)
    .max(limits.batchEnvelopesMax),
});

export const packetSchemas = { mail, batch, receipts, attachments: attached, space, machine, bundle };
export type PacketKind = keyof typeof packetSchemas;
export type PacketOf<Kind extends PacketKind> = z.infer<(typeof packetSchemas)[Kind]>;
export type Packet = { [Kind in PacketKind]: PacketOf<Kind> }[PacketKind];

/** Write a packet; `undefined` fields vanish. */
export function encodePacket(packet: Packet): Uint8Array {
  return utf8(JSON.stringify(packet));
}

/** Write a packet of signed messages without parsing and printing each of them again. */
export function encodeMail(
  items: readonly { readonly to: readonly string[]; readonly text: string }[],
  attachmentTexts: readonly string[],
): Uint8Array {
  const parts = items.map((item) => `{"to":${JSON.stringify(item.to)},"envelope":${item.text}}`);
  return utf8(`{"packet":"mail","items":[${parts.join(',')}],"attachments":[${attachmentTexts.join(',')}]}`);
}

export function encodeBatch(
  node: string,
  texts: readonly string[],
  attachmentTexts: readonly string[],
): Uint8Array {
  return utf8(
    `{"packet":"batch","node":"${node}","envelopes":[${texts.join(',')}],"attachments":[${attachmentTexts.join(',')}]}`,
  );
}

/** Packets that are written already, as one; one alone stays as it is. */
export function encodeBundle(texts: readonly string[]): Uint8Array {
  return utf8(texts.length === 1 ? texts[0]! : `{"packet":"bundle","parts":[${texts.join(',')}]}`);
}

/** Entries of a space, each signed by its author. */
export function encodeEntries(texts: readonly string[], attachmentTexts: readonly string[]): Uint8Array {
  return utf8(
    `{"packet":"space","attachments":[${attachmentTexts.join(',')}],"body":{"kind":"entries","envelopes":[${texts.join(',')}]}}`,
  );
}

/** Attachments that are known already, each as JSON. */
export function encodeAttachments(texts: readonly string[]): Uint8Array {
  return utf8(`{"packet":"attachments","attachments":[${texts.join(',')}]}`);
}

/** The well-formed attachment that is known already to say exactly this. */
export type RecallAttachment = (value: unknown) => Attachment | undefined;

/** Read a packet from another node. Total: refuses with a reason, never throws. */
export function readPacket(bytes: Uint8Array, recall?: RecallAttachment): Checked<Packet> {
  const text = readUtf8(bytes);
  if (text === undefined) return refuse('AMP-1001', 'The packet is no UTF-8.');
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch {
    return refuse('AMP-1001', 'The packet is no JSON.');
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return refuse('AMP-1001', 'The packet is no object.');
  const kind = (object as JsonObject).packet;
  if (typeof kind !== 'string' || !Object.hasOwn(packetSchemas, kind)) {
    return refuse('AMP-1006', 'The packet is of no known kind.', 'packet');
  }
  // Nearly all packets are a machine's, and the machine checks what is inside.
  if (isMachinePacket(object as JsonObject)) return checkInside(object as Packet);
  const packet =
    matchAround(object as JsonObject, kind as PacketKind, recall) ?? matchForm(object, kind as PacketKind);
  return packet.ok ? checkInside(packet.value) : packet;
}

function matchForm(object: object, kind: PacketKind): Checked<Packet> {
  return matchSchema(packetSchemas[kind] as unknown as z.ZodType<Packet>, object);
}

/** A packet with attachments that are known: its form without them. `undefined` for none, or for a wrong form. */
function matchAround(
  object: JsonObject,
  kind: PacketKind,
  recall: RecallAttachment | undefined,
): Checked<Packet> | undefined {
  const listed = object.attachments;
  if (recall === undefined || !Array.isArray(listed) || listed.length > attachmentsMax) return undefined;
  const known = listed.map(recall);
  const strangers = listed.filter((_, at) => known[at] === undefined);
  if (strangers.length === listed.length) return undefined;
  const rest = matchForm({ ...object, attachments: strangers }, kind);
  if (!rest.ok || !('attachments' in rest.value)) return undefined;
  const fresh = rest.value.attachments[Symbol.iterator]();
  return accept({ ...rest.value, attachments: known.map((one) => one ?? fresh.next().value!) });
}

/** Exactly what the schema `machine` lets pass; what it refuses, the schema itself explains. */
function isMachinePacket(object: JsonObject): boolean {
  const { packet, machine: name, body } = object;
  return (
    packet === 'machine' &&
    typeof name === 'string' &&
    name.length > 0 &&
    name.length <= limits.nameLengthMax &&
    typeof body === 'object' &&
    body !== null &&
    !Array.isArray(body) &&
    Object.keys(object).length === 3
  );
}

/** Envelopes are checked one by one, so that one packet may hold many; the rest is checked as a whole. */
function checkInside(packet: Packet): Checked<Packet> {
  for (const part of envelopesOf(packet)) {
    const checked = checkJson(part as JsonObject);
    if (!checked.ok) return checked;
  }
  return accept(packet);
}

function envelopesOf(packet: Packet): readonly unknown[] {
  if (packet.packet === 'mail') return packet.items.map((item) => item.envelope);
  if (packet.packet === 'batch') return packet.envelopes;
  if (packet.packet === 'space' && packet.body.kind === 'entries') return packet.body.envelopes;
  if (packet.packet === 'bundle') return packet.parts.flatMap(envelopesOf);
  return packet.packet === 'machine' ? [packet.body] : [];
}
