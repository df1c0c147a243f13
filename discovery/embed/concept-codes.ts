/**
 * Gives each concept a direction. Domains are orthogonal to each other and to everything else, so that
 * unrelated domains never meet by chance; a concept shares part of its direction with what is above it, so
 * that neighbours meet a little. What remains is random signs (after Achlioptas 2003), which are nearly
 * orthogonal.
 */
import type { LexiconConcept } from '../lexicon/parse.ts';
import { drawSigns, hashText } from './hash.ts';

export interface CodeSettings {
  /** Length of a code. */
  readonly dimensions: number;
  /** Energy that a concept inherits from the concepts above it, in [0, 1). */
  readonly inheritedShare: number;
}

/** One unit-length code per concept, row by row. Parents are found by name; a cycle ends at its start. */
export function drawConceptCodes(concepts: readonly LexiconConcept[], settings: CodeSettings): Float32Array {
  const { dimensions } = settings;
  const byName = new Map(concepts.map((concept, index) => [concept.name, index]));
  const axes = drawDomainAxes(concepts, dimensions);
  const codes = new Float32Array(concepts.length * dimensions);
  const state = new Uint8Array(concepts.length);

  const fill = (index: number): void => {
    if (state[index] !== 0) return;
    state[index] = 1;
    const concept = concepts[index]!;
    const row = codes.subarray(index * dimensions, (index + 1) * dimensions);
    if (concept.name === concept.domain) {
      row.set(axes.get(concept.name)!);
      return;
    }
    const above = new Float64Array(dimensions);
    for (const [rank, parent] of concept.parents.entries()) {
      const at = byName.get(parent);
      if (at === undefined || (state[at] === 1 && at === index)) continue;
      fill(at);
      const share = rank === 0 ? 1 : 0.7;
      for (let d = 0; d < dimensions; d++) above[d]! += share * codes[at * dimensions + d]!;
    }
    const own = drawSigns(hashText(concept.name, 11), dimensions);
    for (const axis of axes.values()) removeComponent(own, axis);
    scaleToUnit(own);
    scaleToUnit(above);
    const a = Math.sqrt(settings.inheritedShare);
    const b = Math.sqrt(1 - settings.inheritedShare);
    for (let d = 0; d < dimensions; d++) row[d] = a * above[d]! + b * own[d]!;
    scaleToUnit(row);
  };
  for (let index = 0; index < concepts.length; index++) fill(index);
  return codes;
}

/** Orthogonal unit axes by Gram and Schmidt; only the first half of the dimensions is given to them. */
function drawDomainAxes(concepts: readonly LexiconConcept[], dimensions: number): Map<string, Float64Array> {
  const axes = new Map<string, Float64Array>();
  for (const { name, domain } of concepts) {
    if (name !== domain) continue;
    const axis = drawSigns(hashText(name, 7), dimensions);
    if (axes.size < dimensions / 2) for (const earlier of axes.values()) removeComponent(axis, earlier);
    scaleToUnit(axis);
    axes.set(name, axis);
  }
  return axes;
}

type Numbers = Float64Array | Float32Array;

function removeComponent(vector: Numbers, axis: Numbers): void {
  let dot = 0;
  for (let d = 0; d < axis.length; d++) dot += vector[d]! * axis[d]!;
  for (let d = 0; d < axis.length; d++) vector[d]! -= dot * axis[d]!;
}

function scaleToUnit(vector: Numbers): void {
  let squares = 0;
  for (let d = 0; d < vector.length; d++) squares += vector[d]! * vector[d]!;
  if (squares === 0) return;
  const scale = 1 / Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d]! *= scale;
}
