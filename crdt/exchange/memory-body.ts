/** What replicas of a space say to each other: nodes in packets named `memory`, an agent and its node in `sync`. */
import * as z from 'zod';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import * as f from '../../protocol/message-fields.ts';
import { messageIdPattern } from '../../protocol/message-id.ts';
import { attachmentSchema } from '../../protocol/records.ts';

/** Frames in one packet; each has 13 keys and about 600 bytes. */
export const framesPerPacketMax = 16;
/** Bytes of updates in one packet, before base64url. */
export const packetUpdateBytesMax = 32 * 1024;
/** Of a page: fits one string of a packet as base64url. */
export const memoryPageBytesMax = 40 * 1024;
/** Attachments that a packet brings along for the session keys that signed its frames. */
export const proofsPerPacketMax = 8;

const attachments = z.array(attachmentSchema).max(proofsPerPacketMax);
const epoch = z.string().regex(/^[0-9a-f]{32}$/);

/** Inner records are checked by `crdt`, which knows their form. */
const bodySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frames'),
    space: f.spaceId,
    frames: z.array(f.jsonObject).max(framesPerPacketMax),
    attachments,
  }),
  z.strictObject({
    kind: z.literal('page'),
    space: f.spaceId,
    author: f.did,
    epoch,
    run: f.base64url,
    hasMore: z.boolean(),
    attachments,
  }),
  z.strictObject({ kind: z.literal('summary'), space: f.spaceId, summary: f.jsonObject }),
  z.strictObject({ kind: z.literal('ranges'), space: f.spaceId, ranges: z.array(f.jsonObject) }),
  z.strictObject({ kind: z.literal('proof'), space: f.spaceId, proof: f.jsonObject, attachments }),
  z.strictObject({ kind: z.literal('checkpoint'), space: f.spaceId, checkpoint: f.jsonObject, attachments }),
]);

export type MemoryBody = z.infer<typeof bodySchema>;

export function readMemoryBody(body: JsonObject): Checked<MemoryBody> {
  // Most bodies are summaries, and what is inside is checked by `crdt`.
  if (isSummary(body)) return accept(body as unknown as MemoryBody);
  return matchSchema(bodySchema as unknown as z.ZodType<MemoryBody>, body);
}

/** Exactly what the schema lets pass as a summary; what is refused here, the schema itself explains. */
function isSummary(body: JsonObject): boolean {
  const { kind, space, summary } = body;
  return (
    kind === 'summary' &&
    typeof space === 'string' &&
    (space === 'commons' || messageIdPattern.test(space)) &&
    typeof summary === 'object' &&
    summary !== null &&
    !Array.isArray(summary) &&
    Object.keys(body).length === 3
  );
}
