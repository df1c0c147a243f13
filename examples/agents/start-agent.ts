/**
 * Starts agents from the command line, each on its own connection: the last line of every example agent's program.
 *
 * Where the nodes are comes from `--node URL --token-file FILE` (may be given several times, in pairs), or from
 * `AMPMESH_NODES`, a JSON list of `{ "url", "token" }` or `{ "url", "tokenFile" }`.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  type Agent,
  connectAgent,
  createAgentKey,
  type NodeAddress,
  readAgentKey,
  runExpert,
} from '../../client/index.ts';
import { compareQuantized, createBuiltinEmbedder, quantize } from '../../discovery/embed/index.ts';
import { AmpError } from '../../protocol/errors.ts';
import { expertOf } from './expert-of.ts';
import type { Similarity, WorkModule } from './work/work.ts';

export interface StartInit {
  readonly nodes: readonly NodeAddress[];
  /** Display name. @default the module's */
  readonly name?: string;
  /** What {@link createAgentKey} exported earlier; a new key without it. */
  readonly key?: string;
  /** Times the declared work time; 0 works as fast as it computes. @default 1 */
  readonly pace?: number;
  /** Instead of the declared work time, ms. */
  readonly workMs?: number;
  readonly patienceMs?: number;
  readonly similarity?: Similarity;
  readonly onNote?: (agent: string, note: string) => void;
}

export interface StartedAgent {
  readonly agent: Agent;
  stop(): void;
}

/** Put one module on the mesh, or several as the trades of one agent. */
export async function startAgent(
  module: WorkModule | readonly WorkModule[],
  init: StartInit,
): Promise<StartedAgent> {
  const modules: readonly WorkModule[] = 'judge' in module ? [module] : module;
  const agent = await connectAgent({
    nodes: init.nodes,
    name: init.name ?? modules.map((one) => one.name).join('-'),
    key: init.key === undefined ? await createAgentKey() : await readAgentKey(init.key),
    capabilities: modules.map((one, at) => ({
      text: one.capability,
      tags: [...one.tags],
      ...(at === 0 ? {} : { capability: one.name }),
    })),
    // It hears every intent and judges for itself.
    threshold: 0,
  });
  const similarity = init.similarity ?? createSimilarity();
  const experts = modules.map((one) =>
    expertOf(one, {
      similarity,
      ...(init.pace === undefined ? {} : { pace: init.pace }),
      ...(init.workMs === undefined ? {} : { workMs: init.workMs }),
      ...(init.patienceMs === undefined ? {} : { patienceMs: init.patienceMs }),
    }),
  );
  const stop = runExpert(agent, experts, { onNote: (note) => init.onNote?.(agent.name, note) });
  return {
    agent,
    stop() {
      stop();
      agent.close();
    },
  };
}

/** Texts whose vectors are kept (judgement: all phrases of all agents several times over). */
const cacheMax = 2_000;

/** Closeness in meaning by the built-in embedder; the vectors of texts seen before are kept. */
export function createSimilarity(): Similarity {
  const embedder = createBuiltinEmbedder();
  const cache = new Map<string, Int8Array>();
  const vectorOf = (text: string): Int8Array => {
    const known = cache.get(text) ?? quantize(embedder.embed(text));
    cache.set(text, known);
    if (cache.size > cacheMax) cache.delete(cache.keys().next().value!);
    return known;
  };
  return (left, right) => compareQuantized(vectorOf(left), vectorOf(right));
}

/** The whole program of an example agent: start, say so in one line of JSON, end on a signal or when no node is left. */
export async function runAgents(...modules: readonly WorkModule[]): Promise<void> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      node: { type: 'string', multiple: true },
      'token-file': { type: 'string', multiple: true },
      name: { type: 'string' },
      pace: { type: 'string' },
      'work-ms': { type: 'string' },
      quiet: { type: 'boolean' },
    },
  });
  const nodes = readNodes(values.node ?? [], values['token-file'] ?? []);
  const pace = Number(values.pace ?? process.env.AMPMESH_PACE ?? 1);
  const slow = values['work-ms'] ?? process.env.AMPMESH_WORK_MS;
  const similarity = createSimilarity();
  const onNote = (agent: string, note: string): void => {
    if (values.quiet !== true) console.error(JSON.stringify({ agent, note }));
  };
  const started = await Promise.all(
    modules.map((module) =>
      startAgent(module, {
        nodes,
        similarity,
        pace,
        onNote,
        ...(slow === undefined ? {} : { workMs: Number(slow) }),
        ...(values.name === undefined || modules.length > 1 ? {} : { name: values.name }),
      }),
    ),
  );
  for (const { agent } of started) {
    console.log(JSON.stringify({ agent: agent.name, did: agent.did, mesh: agent.mesh }));
    agent.on('lost', (error) => {
      console.error(JSON.stringify({ agent: agent.name, note: `lost every node: ${error.message}` }));
      process.exitCode = 3;
    });
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      for (const { stop } of started) stop();
    });
  }
}

/** For a program that does no trade: the agent that the command line describes, which said who it is in one line of JSON. */
export async function connectFromCommandLine(
  name: string,
  capability: { readonly text: string; readonly tags: readonly string[] },
): Promise<{ readonly agent: Agent; readonly note: (note: string) => void }> {
  const { values } = parseArgs({
    options: {
      node: { type: 'string', multiple: true },
      'token-file': { type: 'string', multiple: true },
      name: { type: 'string' },
      quiet: { type: 'boolean' },
    },
  });
  const agent = await connectAgent({
    nodes: readNodes(values.node ?? [], values['token-file'] ?? []),
    name: values.name ?? name,
    key: await createAgentKey(),
    capabilities: [{ text: capability.text, tags: [...capability.tags] }],
  });
  console.log(JSON.stringify({ agent: agent.name, did: agent.did, mesh: agent.mesh }));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => agent.close());
  return {
    agent,
    note(note) {
      if (values.quiet !== true) console.error(JSON.stringify({ agent: agent.name, note }));
    },
  };
}

/** @throws AmpError AMP-1502 when no node is named, or one without its token. */
function readNodes(urls: readonly string[], files: readonly string[]): NodeAddress[] {
  const told = process.env.AMPMESH_NODES;
  const listed =
    urls.length > 0 || told === undefined
      ? urls.map((url, index) => ({ url, tokenFile: files[index] ?? files[0] }))
      : (JSON.parse(told) as { url: string; token?: string; tokenFile?: string }[]);
  if (listed.length === 0)
    throw new AmpError('AMP-1502', 'No node is named: give --node URL --token-file FILE, or AMPMESH_NODES.');
  return listed.map((one) => {
    if ('token' in one && typeof one.token === 'string') return { url: one.url, token: one.token };
    if (one.tokenFile === undefined)
      throw new AmpError('AMP-1502', `The token of ${one.url} is missing: give --token-file.`);
    return { url: one.url, token: readFileSync(one.tokenFile, 'utf8').trim() };
  });
}
