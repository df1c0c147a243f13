/**
 * Attachments by agent. Where a directory tells who is where, a node knows a few dozen: they lie in a list in the order
 * of agents, at a word each, where a map takes six. Where everybody hears of everybody it is a map.
 */
import type { Did } from '../brand.ts';
import type { Attachment } from '../records.ts';

/** Up to this many lie in a list: a search compares eight names. */
const listedMax = 256;

export class AgentTable {
  #listed: Attachment[] | undefined = [];
  #mapped: Map<Did, Attachment> | undefined;

  get size(): number {
    return this.#mapped?.size ?? this.#listed!.length;
  }

  get(agent: Did): Attachment | undefined {
    if (this.#mapped !== undefined) return this.#mapped.get(agent);
    const found = this.#listed![this.#placeOf(agent)];
    return found?.agent === agent ? found : undefined;
  }

  /** Add, or replace what is known of the agent. */
  set(attachment: Attachment): void {
    const agent = attachment.agent as Did;
    if (this.#listed?.length === listedMax) {
      this.#mapped = new Map(this.#listed.map((one) => [one.agent as Did, one]));
      this.#listed = undefined;
    }
    if (this.#mapped !== undefined) {
      this.#mapped.set(agent, attachment);
      return;
    }
    const listed = this.#listed!;
    const place = this.#placeOf(agent);
    if (listed[place]?.agent === agent) listed[place] = attachment;
    else this.#listed = listed.toSpliced(place, 0, attachment);
  }

  delete(agent: Did): void {
    if (this.#mapped !== undefined) {
      this.#mapped.delete(agent);
      return;
    }
    const place = this.#placeOf(agent);
    if (this.#listed![place]?.agent === agent) this.#listed = this.#listed!.toSpliced(place, 1);
  }

  /** In no order; the caller's own. */
  list(): Attachment[] {
    return [...(this.#mapped?.values() ?? this.#listed!)];
  }

  /** In no order. */
  agents(): Iterable<Did> {
    return this.#mapped?.keys() ?? this.#listed!.map((one) => one.agent as Did);
  }

  /** Where the agent is in the list, or would be. */
  #placeOf(agent: Did): number {
    const listed = this.#listed!;
    let low = 0;
    let high = listed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (listed[middle]!.agent < agent) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
