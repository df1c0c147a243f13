/** The published forms of the one schema source: JSON Schema 2020-12 and an AsyncAPI 3 document. */
import * as z from 'zod';
import { errorTable } from './errors.ts';
import { edgeSchemas, edgeTypes, envelopeSchemas, envelopeTypes } from './messages.ts';
import { attachmentSchema, membersSchema, receiptsSchema } from './records.ts';

type JsonSchema = Record<string, unknown>;

/** Every file of `protocol/schema/`, by name, as text. */
export function renderSchemas(): ReadonlyMap<string, string> {
  const envelopes = Object.fromEntries(envelopeTypes.map((type) => [type, toSchema(envelopeSchemas[type])]));
  const edge = Object.fromEntries(edgeTypes.map((type) => [type, toSchema(edgeSchemas[type])]));
  const records = {
    attachment: toSchema(attachmentSchema),
    members: toSchema(membersSchema),
    receipts: toSchema(receiptsSchema),
  };
  return new Map([
    ['envelopes.json', render(bundle('Signed messages between agents', envelopes))],
    ['edge.json', render(bundle('Messages between an agent and its node', edge))],
    ['records.json', render(bundle('Records that carry evidence', records))],
    ['errors.json', render(errorTable)],
    ['asyncapi.json', render(describeSocket(envelopes, edge))],
  ]);
}

function toSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema;
  return rest;
}

function bundle(title: string, definitions: Record<string, JsonSchema>): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    oneOf: Object.keys(definitions).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: definitions,
  };
}

function describeSocket(envelopes: Record<string, JsonSchema>, edge: Record<string, JsonSchema>): JsonSchema {
  const messages = { ...envelopes, ...edge };
  const names = Object.keys(messages);
  const references = names.map((name) => ({ $ref: `#/channels/mesh/messages/${name}` }));
  return {
    asyncapi: '3.0.0',
    info: { title: 'AMP, the Agent Mesh Protocol', version: '1.0.0', license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    servers: {
      local: {
        host: '127.0.0.1:7700',
        protocol: 'ws',
        description: 'The nearest node; loopback unless told otherwise.',
      },
    },
    channels: {
      mesh: {
        address: '/amp/mesh',
        description:
          'One JSON object in each text message; subprotocol amp.v1.json; the first message is `join`.',
        bindings: { ws: { method: 'GET' } },
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      say: { action: 'receive', channel: { $ref: '#/channels/mesh' }, messages: references },
      hear: { action: 'send', channel: { $ref: '#/channels/mesh' }, messages: references },
    },
    components: {
      messages: Object.fromEntries(names.map((name) => [name, { name, payload: messages[name]! }])),
    },
  };
}

function render(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The error table as Markdown, for the README. */
export function renderErrorRows(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { name, todo }]) => `| ${code} | ${name} | ${todo.replaceAll('|', '\\|')} |`,
  );
  return `| code | name | what to do |\n|---|---|---|\n${rows.join('\n')}\n`;
}
