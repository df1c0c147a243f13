/** Check the form of what peers send about heads and ranges, before a replica sees it. */
import { isDid } from '../../protocol/did.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { Head, RangeRequest, Summary } from './replica-types.ts';
import { bucketCount, headsMax, rangesMax } from './sync.ts';

type Fields = Readonly<Record<string, unknown>>;
const epochPattern = /^[0-9a-f]{32}$/;
const digestPattern = /^[0-9a-f]{32}$/;
const seqMax = 2 ** 31;

/** Heads in the opening of a round may be as many as a small space has chains. */
const openingHeadsMax = Math.max(headsMax, 32);

export function readSummary(value: unknown): Checked<Summary> {
  if (typeof value !== 'object' || value === null) return bad('', 'is no object');
  const fields = value as Fields;
  if (typeof fields.space !== 'string' || fields.space.length > 64) return bad('space', 'is no space');
  switch (fields.kind) {
    case 'root':
      return isDigest(fields.digest) ? accept(value as Summary) : bad('digest', 'is no digest');
    case 'buckets': {
      const { digests } = fields;
      const isWhole = Array.isArray(digests) && digests.length === bucketCount && digests.every(isDigest);
      return isWhole ? accept(value as Summary) : bad('digests', `is no list of ${bucketCount} digests`);
    }
    case 'heads':
      return readHeads(fields, value as Summary);
    default:
      return bad('kind', 'is unknown');
  }
}

function readHeads(fields: Fields, summary: Summary): Checked<Summary> {
  const { buckets, heads, isReply } = fields;
  const isBucket = (one: unknown) => isCount(one, bucketCount);
  const isList = Array.isArray(buckets) && buckets.length <= bucketCount && buckets.every(isBucket);
  if (buckets !== 'all' && !isList) return bad('buckets', 'is neither all nor a list of buckets');
  if (!Array.isArray(heads) || heads.length > openingHeadsMax || !heads.every(isHead)) {
    return bad('heads', `is no list of at most ${openingHeadsMax} heads`);
  }
  return typeof isReply === 'boolean' ? accept(summary) : bad('isReply', 'is no boolean');
}

function isHead(value: unknown): value is Head {
  if (typeof value !== 'object' || value === null) return false;
  const head = value as Partial<Head>;
  const isHash =
    typeof head.hash === 'string' &&
    (/^[0-9a-f]{64}$/.test(head.hash) || (head.hash === '' && head.seq === -1));
  return (
    isPlace(head) &&
    (head.seq === -1 || isCount(head.seq, seqMax)) &&
    isHash &&
    (head.isFrozen === undefined || head.isFrozen === true)
  );
}

export function readRanges(value: unknown): Checked<readonly RangeRequest[]> {
  const isRange = (one: RangeRequest | null) =>
    typeof one === 'object' &&
    one !== null &&
    isPlace(one) &&
    isCount(one.fromSeq, seqMax) &&
    isCount(one.toSeq, seqMax);
  return Array.isArray(value) && value.length > 0 && value.length <= rangesMax && value.every(isRange)
    ? accept(value as RangeRequest[])
    : bad('ranges', `is no list of at most ${rangesMax} ranges`);
}

function isPlace(place: { author?: unknown; epoch?: unknown }): boolean {
  return (
    typeof place.author === 'string' &&
    isDid(place.author) &&
    typeof place.epoch === 'string' &&
    epochPattern.test(place.epoch)
  );
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && digestPattern.test(value);
}

function isCount(value: unknown, below: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < below;
}

function bad(path: string, what: string): ReturnType<typeof refuse> {
  return refuse('AMP-1701', `The summary's ${path === '' ? 'record' : path} ${what}.`, path);
}
