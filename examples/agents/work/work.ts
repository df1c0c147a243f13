/**
 * What every example agent's work looks like: a pure judgement ("can I help?") and a pure piece of work on
 * bytes. No network, no clock, no randomness: the same input gives the same contribution, byte for byte.
 */

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What a message says about a file before anybody has fetched its bytes. */
export interface AttachmentFact {
  readonly name: string;
  readonly mediaType: string;
  /** Size of the file, in bytes. */
  readonly size: number;
}

export interface Attachment {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One thing worth telling the asker; `weight` (0–1) says how much it stands out by the module's own rule. */
export interface Finding {
  readonly text: string;
  readonly weight: number;
  readonly columns: readonly string[];
  /** Record numbers in the file, the header counted, as a spreadsheet shows them. At most 20. */
  readonly rows: readonly number[];
}

export interface OutputFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a work module answers with: a readable part, a part for machines (≤ 48 KiB as JSON), and files. */
export interface Contribution {
  readonly kind: string;
  readonly title: string;
  readonly markdown: string;
  readonly data: { readonly findings: readonly Finding[]; readonly [key: string]: unknown };
  readonly files: readonly OutputFile[];
}

/** A contribution as others see it: with the message it came in and the display name of who said it. */
export interface HeardContribution extends Contribution {
  readonly id: string;
  readonly from: string;
}

export interface WorkInput {
  readonly intent: string;
  readonly attachments: readonly Attachment[];
  /** What others have contributed so far, in the order heard; empty is normal. */
  readonly contributions: readonly HeardContribution[];
  /** Concerns others raised about this module's earlier contribution. */
  readonly concerns: readonly Concern[];
}

/** A reasoned doubt about another's contribution, with what would settle it. */
export interface Concern {
  readonly about: string;
  readonly from: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How close two texts are in meaning, −1 to 1; the built-in embedder's cosine in the mesh. */
export type Similarity = (left: string, right: string) => number;

/** An offer to help; `null` instead of a judgement is silence. */
export interface Judgement {
  /** 0–1. */
  readonly confidence: number;
  readonly offer: string;
}

export interface WorkModule {
  readonly name: string;
  /** The kind of its contributions. */
  readonly kind: string;
  /** What it announces to the mesh: the text that others find it by. */
  readonly capability: string;
  readonly tags: readonly string[];
  /** Kinds of contribution without which it cannot begin; nothing when the intent and the files suffice. */
  readonly needs?: readonly string[];
  /** Kinds of contribution that make this one better when they are there, and for which it is done again. */
  readonly buildsOn: readonly string[];
  /** Kinds that change this one when they come, but that it does not wait for. */
  readonly heeds?: readonly string[];
  /** What a good result contains because of it, in a phrase; the capability when left out. */
  readonly provides?: string;
  /** Kinds that the whole needs and that others would have to make; named when nobody does. */
  readonly wants?: readonly string[];
  /**
   * Says a first version as soon as it may begin, which meets nothing yet, and its full part when what it builds on
   * is there. For whoever integrates.
   */
  readonly drafts?: boolean;
  /** How long its first part takes besides computing, ms at pace 1: a stand-in for a model that thinks. @default 0 */
  readonly workMs?: number;
  /** Kinds of contribution that it can judge. */
  readonly reviews?: readonly string[];
  /** Its work answers any question of its trade: it may fill a gap that nobody promised to, asked in other words. */
  readonly answersAll?: boolean;
  /** Reads the files of what others contributed, not only what they say. */
  readonly readsFiles?: boolean;
  judge(intent: string, attachments: readonly AttachmentFact[], similarity: Similarity): Judgement | null;
  work(input: WorkInput): Contribution;
  /** What this module, from its own look at the input, doubts about another's contribution. */
  review?(contribution: HeardContribution, input: WorkInput): Concern | null;
}

/** Keys that would reach into an object's making instead of naming a value. */
export function isSafeKey(key: string): boolean {
  return key !== '__proto__' && key !== 'constructor' && key !== 'prototype';
}

/** 48 KiB: what fits into one envelope beside signature, context and Markdown (judgement). */
export const dataBytesMax = 48 * 1024;
/** Markdown above this is cut with a note; the data and files hold the rest (judgement). */
export const markdownCharsMax = 16 * 1024;

const encoder = new TextEncoder();

/** Close a contribution: keep `data` within {@link dataBytesMax} and `markdown` within its limit, saying so. */
export function finish(contribution: Contribution): Contribution {
  const { markdown } = contribution;
  return {
    ...contribution,
    data: fitData(contribution.data),
    markdown:
      markdown.length <= markdownCharsMax
        ? markdown
        : `${markdown.slice(0, markdown.lastIndexOf('\n', markdownCharsMax))}\n\n*Cut here; the files hold the rest.*\n`,
  };
}

/** A text file of a contribution. */
export function textFile(name: string, mediaType: string, text: string): OutputFile {
  return { name, mediaType, bytes: encoder.encode(text) };
}

/** Shorten the longest lists until the whole fits; `shortened` counts the cuts. */
function fitData(data: Contribution['data']): Contribution['data'] {
  const copy = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
  let cuts = 0;
  while (encoder.encode(JSON.stringify(copy)).length > dataBytesMax - 64) {
    const list = largestList(copy);
    if (list === null) return { findings: [], shortened: cuts + 1 };
    list.length = Math.floor(list.length / 2);
    cuts += 1;
  }
  return { ...copy, ...(cuts > 0 ? { shortened: cuts } : {}) } as unknown as Contribution['data'];
}

function largestList(value: unknown): unknown[] | null {
  let best: { list: unknown[]; chars: number } | null = null;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node) && node.length > 0) {
      const chars = JSON.stringify(node).length;
      if (best === null || chars > best.chars) best = { list: node, chars };
      return;
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(value);
  return (best as { list: unknown[] } | null)?.list ?? null;
}
