/**
 * Gives each concept a direction. Own directions come from a few orthonormal bases, so that most concepts never
 * meet by chance and the others meet by 1/√dimensions at random (plain random signs, after Achlioptas 2003,
 * would let all of them do so). A concept shares part of its direction with what is above it, so that
 * neighbours meet a little.
 */
import type { LexiconConcept } from '../lexicon/parse.ts';
import { drawSigns } from './hash.ts';

export interface CodeSettings {
  /** Length of a code. */
  readonly dimensions: number;
  /** Energy that a concept inherits from the concepts above it, in [0, 1). */
  readonly inheritedShare: number;
}

/** What a second parent gives, against the domain (judgement). */
const otherParentShare = 0.7;

/** One unit-length code per concept, row by row. Parents are found by name; a cycle ends at its start. */
export function drawConceptCodes(concepts: readonly LexiconConcept[], settings: CodeSettings): Float32Array {
  const { dimensions, inheritedShare } = settings;
  const byName = new Map(concepts.map(({ name }, index) => [name, index]));
  const own = assignOwn(concepts, dimensions);
  const codes = new Float32Array(concepts.length * dimensions);
  const isFilled = new Uint8Array(concepts.length);
  const rowOf = (index: number): Float32Array => codes.subarray(index * dimensions, (index + 1) * dimensions);

  const fill = (index: number): void => {
    if (isFilled[index] === 1) return;
    isFilled[index] = 1;
    const row = rowOf(index);
    const above = new Float64Array(dimensions);
    for (const [rank, name] of concepts[index]!.parents.entries()) {
      const parent = byName.get(name);
      if (parent === undefined || parent === index) continue;
      fill(parent);
      addScaled(above, rowOf(parent), rank === 0 ? 1 : otherParentShare);
    }
    const hasParents = scaleToUnit(above);
    addScaled(row, own[index]!, hasParents ? Math.sqrt(1 - inheritedShare) : 1);
    addScaled(row, above, Math.sqrt(inheritedShare));
    scaleToUnit(row);
  };
  for (let index = 0; index < concepts.length; index++) fill(index);
  return codes;
}

/** The concepts with most terms are met most often, so they share the first bases and never meet by chance. */
function assignOwn(concepts: readonly LexiconConcept[], dimensions: number): Float64Array[] {
  const byTerms = concepts
    .map(({ terms }, index) => ({ index, count: terms.length }))
    .sort((a, b) => b.count - a.count || a.index - b.index);
  const own: Float64Array[] = [];
  for (const [rank, vector] of drawBases(concepts.length, dimensions).entries())
    own[byTerms[rank]!.index] = vector;
  return own;
}

/** Unit vectors, each orthogonal to all others of its group of `dimensions` (Gram and Schmidt). */
function drawBases(count: number, dimensions: number): Float64Array[] {
  const vectors: Float64Array[] = [];
  for (let index = 0; index < count; index++) {
    const vector = drawSigns(index * 7919 + 1, dimensions);
    const groupStart = index - (index % dimensions);
    // Twice: the second pass takes away what rounding left.
    for (let pass = 0; pass < 2; pass++) {
      for (let earlier = groupStart; earlier < index; earlier++) removeComponent(vector, vectors[earlier]!);
    }
    scaleToUnit(vector);
    vectors.push(vector);
  }
  return vectors;
}

type Numbers = Float64Array | Float32Array;

function removeComponent(vector: Numbers, axis: Numbers): void {
  let dot = 0;
  for (let d = 0; d < axis.length; d++) dot += vector[d]! * axis[d]!;
  for (let d = 0; d < axis.length; d++) vector[d]! -= dot * axis[d]!;
}

function addScaled(sum: Numbers, vector: Numbers, factor: number): void {
  for (let d = 0; d < sum.length; d++) sum[d]! += factor * vector[d]!;
}

/** False for a vector without a direction, which stays as it is. */
function scaleToUnit(vector: Numbers): boolean {
  let squares = 0;
  for (let d = 0; d < vector.length; d++) squares += vector[d]! * vector[d]!;
  if (squares === 0) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d]! *= scale;
  return true;
}
