/**
 * Files outlive the node that they were first kept at: an agent keeps what it made again wherever it re-attaches, and
 * fetches what it was given before it begins to think.
 */
import type { Agent, Situation } from '../../client/index.ts';
import { AmpError } from '../../protocol/errors.ts';
import { think } from './patience.ts';
import type { Attachment, OutputFile } from './work/work.ts';

/** Own files remembered for keeping again; the oldest are let go first (judgement). */
const keptBytesMax = 64 * 1024 * 1024;
/** Files of one ask that are fetched (judgement). */
const filesMax = 32;
const retryMs = 1_000;
const triesMax = 10;

export interface Keeper {
  /** Keep a file at the agent's node, now and after each re-attachment. */
  keep: Situation['keep'];
}

/** The keeper of one agent's own files. */
export function createKeeper(agent: Pick<Agent, 'blobs' | 'on'>): Keeper {
  const kept: OutputFile[] = [];
  let bytesKept = 0;
  agent.on('up', () => {
    // Where this fails the node is gone again, and the next attachment does it.
    for (const file of kept) agent.blobs.put(file.name, file.mediaType, file.bytes).catch(() => undefined);
  });
  return {
    async keep(name, mediaType, bytes) {
      kept.push({ name, mediaType, bytes });
      bytesKept += bytes.length;
      while (bytesKept > keptBytesMax && kept.length > 1) bytesKept -= kept.shift()!.bytes.length;
      return agent.blobs.put(name, mediaType, bytes);
    },
  };
}

/**
 * The files of the job. A node that held one may just have died: whoever else has it, or its owner elsewhere, is asked
 * again for a while.
 * @throws AmpError AMP-1334 when nobody has it.
 */
export async function readAttachments(
  situation: Pick<Situation, 'view' | 'read' | 'signal'>,
): Promise<Attachment[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      const files = situation.view.files.slice(0, filesMax);
      return await Promise.all(
        files.map(async (file) => ({
          name: file.name,
          mediaType: file.mediaType,
          bytes: await situation.read(file),
        })),
      );
    } catch (error) {
      if (!(error instanceof AmpError) || tries === triesMax) throw error;
      await think(retryMs, situation.signal);
    }
  }
}
