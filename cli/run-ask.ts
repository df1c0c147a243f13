/** Ask the mesh from the command line: files in, a live timeline, a deliverable in a folder. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type Agent, ask, connectAgent, createAgentKey, type JobResult } from '../client/index.ts';
import type { MeshEvent } from '../node/runtime/events.ts';
import { AmpError } from '../protocol/errors.ts';
import type { Contribution } from '../protocol/job/job-view.ts';
import type { FileReference } from '../protocol/messages.ts';
import { followEvents, lastEventSeq } from './follow-events.ts';
import type { NodeAccess } from './local-nodes.ts';
import { createTimeline } from './timeline.ts';

export interface AskCommandInit {
  readonly intent: string;
  readonly attach: readonly string[];
  readonly out: string;
  readonly deadlineMs: number;
  readonly nodes: readonly NodeAccess[];
  /** Where timeline lines go; none for programs. */
  readonly write: ((line: string) => void) | undefined;
  readonly isColoured: boolean;
}

export interface AskOutcome {
  readonly result: JobResult;
  /** Files written, the deliverable first. */
  readonly files: readonly string[];
}

export async function runAsk(init: AskCommandInit): Promise<AskOutcome> {
  const startAtMs = Date.now();
  const watching = new AbortController();
  const agent = await connectAgent({
    nodes: init.nodes.map((node) => ({ url: node.agentUrl, token: node.token })),
    name: 'asker',
    key: await createAgentKey(),
    reconnectMs: 15_000,
  });
  try {
    const files = await Promise.all(init.attach.map((path) => upload(agent, path)));
    let thread = '';
    let space = '';
    const write = init.write ?? (() => undefined);
    const timeline = createTimeline({
      startAtMs,
      write,
      isColoured: init.isColoured,
      isAboutJob: (event) =>
        event.atMs >= startAtMs && (event.space === undefined || space === '' || event.space === space),
    });
    agent.on('down', (reason) => timeline.say('asker', `lost its node (${reason}) and goes to another`));
    // The files went to a node that may be gone: the next one gets them too.
    agent.on(
      'up',
      () => void Promise.all(init.attach.map((path) => upload(agent, path))).catch(noteUploadFailed),
    );
    function noteUploadFailed(error: unknown): void {
      timeline.say(
        'asker',
        `could not bring its files along: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    agent.on('up', (welcome) =>
      timeline.say('asker', `is attached to a node again (${welcome.node.slice(-8)})`),
    );
    agent.on('error', (error) => timeline.say('asker', error.message));
    const heard = new Set<string>();
    const onEvent = (event: MeshEvent): void => {
      if (event.kind === 'agent-woken' && event.atMs >= startAtMs) heard.add(String(event.name));
      timeline.take(event);
    };
    if (init.write !== undefined)
      await watch(init.nodes, watching.signal, onEvent, (name) =>
        timeline.say(name, 'does not answer any more'),
      );
    const result = await ask(agent, {
      query: init.intent,
      files,
      deadlineMs: init.deadlineMs,
      onOffer: (offer) => {
        heard.delete(offer.name);
        timeline.say(offer.name, `offers (confidence ${offer.confidence.toFixed(2)}): ${offer.offer}`);
      },
      onProblem: (problem) =>
        timeline.say('asker', problem instanceof Error ? problem.message : String(problem)),
      onSpace: (opened) => {
        space = opened.id;
        if (heard.size > 0) timeline.say('silent', [...heard].sort().join(', '));
      },
    });
    thread = result.id;
    watching.abort();
    return { result, files: await writeDeliverable(agent, result, init, thread) };
  } finally {
    watching.abort();
    agent.close();
  }
}

async function watch(
  nodes: readonly NodeAccess[],
  signal: AbortSignal,
  onEvent: Parameters<typeof followEvents>[1]['onEvent'],
  onEnd: (name: string) => void,
): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      try {
        const since = await lastEventSeq(node);
        void followEvents(node, { since, signal, onEvent, onEnd: () => onEnd(node.name) });
      } catch {
        // A node that does not answer has nothing to show; the job needs only one that does.
        onEnd(node.name);
      }
    }),
  );
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
  '.ts': 'text/x-typescript',
  '.js': 'text/javascript',
  '.py': 'text/x-python',
};

/** Stream a file to the node; memory stays flat whatever its size. */
async function upload(agent: Agent, path: string): Promise<FileReference> {
  const info = await stat(path).catch((error: unknown) => {
    throw new AmpError(
      'AMP-1502',
      `The file ${path} cannot be read: ${(error as Error).message}.`,
      { path },
      error,
    );
  });
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const sha256 = hash.digest('hex');
  const { url, authorization } = agent.blobs.address(sha256);
  const body = createReadStream(path) as unknown as BodyInit;
  const response = await fetch(url, {
    method: 'PUT',
    body,
    headers: { authorization },
    duplex: 'half',
  } as RequestInit);
  if (!response.ok)
    throw new AmpError('AMP-1331', `The node did not take ${path}: ${await response.text()}`, { path });
  return {
    sha256,
    bytes: info.size,
    mediaType: mediaTypes[extname(path).toLowerCase()] ?? 'application/octet-stream',
    name: basename(path),
  };
}

/** The deliverable's files, the others' beside them, and who did what. */
async function writeDeliverable(
  agent: Agent,
  result: JobResult,
  init: AskCommandInit,
  thread: string,
): Promise<readonly string[]> {
  await mkdir(init.out, { recursive: true });
  const written: string[] = [];
  const { deliverable } = result;
  const delivered = new Set(deliverable?.attachments.map((file) => file.sha256));
  if (deliverable !== undefined) written.push(...(await writeFiles(agent, deliverable, init.out)));
  for (const contribution of result.contributions) {
    const rest = contribution.attachments.filter((file) => !delivered.has(file.sha256));
    if (contribution === deliverable || rest.length === 0) continue;
    const folder = join(
      init.out,
      'parts',
      ...safeParts(contribution.authorName ?? contribution.author.slice(-8)),
    );
    written.push(...(await writeFiles(agent, { ...contribution, attachments: rest }, folder)));
  }
  const summary = join(init.out, 'job.json');
  await writeFile(summary, `${JSON.stringify(summarise(result, init.intent, thread), null, 2)}\n`);
  return [...written, summary];
}

async function writeFiles(
  agent: Agent,
  contribution: Contribution,
  folder: string,
): Promise<readonly string[]> {
  const written: string[] = [];
  for (const file of contribution.attachments) {
    const path = join(folder, ...safeParts(file.name));
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, await agent.blobs.get(file, contribution.author));
    written.push(path);
  }
  return written;
}

/** A name from a peer never leaves the folder. */
function safeParts(name: string): readonly string[] {
  const parts = name.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.length > 0 ? parts.map((part) => part.replaceAll(/[^\w.\- ]/g, '_').slice(0, 100)) : ['file'];
}

/** What `--json` prints and `job.json` keeps. Field names are stable. */
export function summarise(result: JobResult, intent: string, thread: string) {
  const nameOf = (did: string): string => result.names.get(did as never) ?? did.slice(-8);
  return {
    intent,
    job: thread,
    space: result.space,
    end: result.end,
    durationMs: result.durationMs,
    unmet: result.unmet,
    openConcernCount: result.openConcerns.length,
    outdated: result.outdated,
    offers: result.offers.map(({ name, confidence, similarity, offer, provides }) => ({
      name,
      confidence,
      similarity,
      offer,
      provides: provides.map((one) => one.id),
    })),
    contributions: result.contributions.map((one) => ({
      id: one.id,
      by: nameOf(one.author),
      type: one.type,
      meets: one.meets,
      buildsOn: one.references
        .map((id) => result.view.contributions.find((other) => other.id === id))
        .map((other) => (other === undefined ? undefined : nameOf(other.author)))
        .filter((name) => name !== undefined),
      reviewedBy: one.acceptedBy.map(nameOf),
      files: one.attachments.map((file) => file.name),
    })),
    context: result.context.map(({ agent, score }) => ({
      name: nameOf(agent),
      score: Math.round(score * 1_000) / 1_000,
    })),
    coordinator: result.context.map(({ agent }) => nameOf(agent))[0],
    deliverable:
      result.deliverable === undefined
        ? null
        : {
            by: nameOf(result.deliverable.author),
            files: result.deliverable.attachments.map((file) => file.name),
          },
  };
}
