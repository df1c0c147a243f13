/** From untrusted text or objects to typed messages: total functions that answer with a value or a refusal. */
import type * as z from 'zod';
import type { Did } from './brand.ts';
import { utf8 } from './bytes.ts';
import { type SignatureDomain, signingBytes } from './canonical.ts';
import { accept, type Checked, refuse } from './errors.ts';
import { type JsonObject, readJsonObject } from './json.ts';
import { limits } from './limits.ts';
import {
  type Draft,
  draftSchemas,
  type EdgeMessage,
  type Envelope,
  edgeSchemas,
  envelopeSchemas,
  isEdgeType,
  isEnvelopeType,
} from './messages.ts';
import type { SignatureClaim } from './signing.ts';

export const protocolVersion = '1';
export const envelopeDomain: SignatureDomain = 'amp/1/envelope';

/** What an agent's socket carried: a draft to sign and send on, or a message for the node itself. */
export type AgentMessage =
  | { readonly kind: 'draft'; readonly draft: Draft }
  | { readonly kind: 'edge'; readonly message: EdgeMessage };

/** Read one text message of an agent. */
export function readAgentMessage(text: string): Checked<AgentMessage> {
  const json = readJsonObject(text);
  return json.ok ? readAgentObject(json.value) : json;
}

export function readAgentObject(object: JsonObject): Checked<AgentMessage> {
  const head = checkHead(object);
  if (!head.ok) return head;
  const type = head.value;
  if (isEnvelopeType(type)) {
    const draft = matchSchema(draftSchemas[type] as unknown as z.ZodType<Draft>, object);
    return draft.ok ? checkSizes(draft.value, { kind: 'draft', draft: draft.value }) : draft;
  }
  if (!isEdgeType(type))
    return refuse('AMP-1006', `There is no message type "${type.slice(0, 64)}".`, 'type');
  const message = matchSchema(edgeSchemas[type] as unknown as z.ZodType<EdgeMessage>, object);
  return message.ok ? accept({ kind: 'edge', message: message.value }) : message;
}

/** Check an object that claims to be a signed envelope. Signature, mesh and time are the runtime's to check. */
export function readEnvelope(object: JsonObject): Checked<Envelope> {
  const head = checkHead(object);
  if (!head.ok) return head;
  if (!isEnvelopeType(head.value))
    return refuse('AMP-1006', `"${head.value.slice(0, 64)}" is no envelope type.`, 'type');
  const envelope = matchSchema(envelopeSchemas[head.value] as unknown as z.ZodType<Envelope>, object);
  return envelope.ok ? checkSizes(envelope.value, envelope.value) : envelope;
}

function checkHead(object: JsonObject): Checked<string> {
  if (object.amp !== undefined && object.amp !== protocolVersion) {
    return refuse(
      'AMP-1007',
      `This node speaks AMP version ${protocolVersion}, not ${String(object.amp).slice(0, 16)}.`,
      'amp',
    );
  }
  if (typeof object.type !== 'string') return refuse('AMP-1005', 'The field must be a text.', 'type');
  return accept(object.type);
}

function checkSizes<T>(message: Draft | Envelope, value: T): Checked<T> {
  if (message.ext !== undefined && utf8(JSON.stringify(message.ext)).length > limits.extBytesMax) {
    return refuse('AMP-1002', `\`ext\` is larger than ${limits.extBytesMax} bytes.`, 'ext');
  }
  if (
    message.context !== undefined &&
    utf8(JSON.stringify(message.context)).length > limits.contextBytesMax
  ) {
    return refuse('AMP-1002', `\`context\` is larger than ${limits.contextBytesMax} bytes.`, 'context');
  }
  return accept(value);
}

/** Apply a schema; the refusal names the first wrong path. */
export function matchSchema<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return accept(result.data);
  const issue = deepestIssue(result.error.issues);
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return refuse(
      'AMP-1009',
      `The key "${key.slice(0, 64)}" is unknown.`,
      path === '' ? key : `${path}.${key}`,
    );
  }
  return refuse('AMP-1005', `${issue.message}.`, path);
}

type Issue = z.core.$ZodIssue;

/** Of a union's branches, the issue that got furthest says most. */
function deepestIssue(issues: readonly Issue[]): Issue {
  const first = issues[0]!;
  if (first.code !== 'invalid_union') return first;
  const inner = first.errors
    .filter((branch) => branch.length > 0)
    .map((branch) => deepestIssue(branch))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (inner === undefined || inner.path.length === 0) return first;
  return { ...inner, path: [...first.path, ...inner.path] };
}

/** All signatures that an envelope carries, nested ones too. The key in `key` needs an attachment beside it. */
export function listSignatures(envelope: Envelope): readonly SignatureClaim[] {
  return [
    {
      signer: (envelope.key ?? envelope.from) as Did,
      bytes: signingBytes(envelopeDomain, envelope),
      sig: envelope.sig,
    },
  ];
}
