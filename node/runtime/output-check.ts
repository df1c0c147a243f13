/**
 * Whether a result keeps the JSON Schema that the capability promised. The schema comes from a stranger, so only
 * what costs time in proportion to its 4 KiB is used: a schema with `$ref` or `patternProperties` is not checked at
 * all, `pattern`, `propertyNames` and `format` are left out (a regular expression can run for ever), and everything
 * else that zod reads counts.
 */
import * as z from 'zod';

export type OutputVerdict = 'kept' | 'broken' | 'not-checkable';

type Schema = Readonly<Record<string, unknown>>;

/** Schemas by name: their keys are names, not keywords. */
const namedSchemas = new Set(['properties']);
const forbidden = new Set(['$ref', '$dynamicRef', '$defs', 'definitions', 'patternProperties']);
const leftOut = new Set(['pattern', 'propertyNames', 'format']);

/** A text that is JSON is taken as what it says, or as a text: one of both must fit. */
export function checkOutput(schema: Schema, content: unknown): OutputVerdict {
  let reader: z.ZodType;
  try {
    reader = z.fromJSONSchema(simplify(schema) as never);
  } catch {
    // Forbidden here, or a keyword that zod does not know: the agent gets the benefit of the doubt.
    return 'not-checkable';
  }
  return readings(content).some((one) => reader.safeParse(one).success) ? 'kept' : 'broken';
}

function readings(content: unknown): readonly unknown[] {
  if (typeof content !== 'string') return [content];
  try {
    return [content, JSON.parse(content)];
  } catch {
    // A plain text.
    return [content];
  }
}

function simplify(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(simplify);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (forbidden.has(key)) throw new RangeError(`${key} is not followed`);
    if (leftOut.has(key)) return [];
    if (key === 'enum' || key === 'const' || key === 'default' || key === 'examples') return [[key, value]];
    return [[key, namedSchemas.has(key) ? simplifyEach(value) : simplify(value)]];
  });
  return Object.fromEntries(entries);
}

function simplifyEach(schemas: unknown): unknown {
  if (typeof schemas !== 'object' || schemas === null) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, simplify(schema)]));
}
