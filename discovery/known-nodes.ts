/**
 * What a reader knows of each node, in one place: its lease and the records that name it. Whoever hears a beacon, or a
 * record, asks for both; and there is an entry for every node of the mesh in every node, so it holds no more than it must.
 */
import type { NodeId } from '../protocol/brand.ts';
import type { Verified } from '../protocol/signing.ts';
import type { SealedBeacon } from './presence.ts';
import type { RecordGroup } from './record-table.ts';

/** Whom a node's last beacon names. */
export interface Named {
  readonly loads: ReadonlyMap<string, number>;
  readonly away: ReadonlySet<string>;
}

export interface KnownNode {
  /** The last one; `undefined` for a node of which only records are held. The lease is `PresenceLeases`' own. */
  beacon: Verified<SealedBeacon> | undefined;
  /** How long the beacon holds, in ms. It grows with the mesh when the beacon states no interval of its own. */
  grantedMs: number;
  untilMs: number;
  /** Until then a replay of an older beacon could still pass its time check, so the number is remembered. */
  forgetAtMs: number;
  isUp: boolean;
  /** Most beacons name nobody. */
  named: Named | undefined;
  /** The records are `RecordTable`'s. */
  records: RecordGroup | undefined;
  /** SHA-256 over the sorted hashes of the public records; made when asked for. */
  recordsHash: string | undefined;
}

export class KnownNodes {
  readonly #byNode = new Map<string, KnownNode>();

  get(node: string): KnownNode | undefined {
    return this.#byNode.get(node);
  }

  /** The entry of a node, new if there was none. */
  entryOf(node: string): KnownNode {
    let known = this.#byNode.get(node);
    if (known === undefined) {
      known = {
        beacon: undefined,
        grantedMs: 0,
        untilMs: Number.NEGATIVE_INFINITY,
        forgetAtMs: Number.NEGATIVE_INFINITY,
        isUp: false,
        named: undefined,
        records: undefined,
        recordsHash: undefined,
      };
      this.#byNode.set(node, known);
    }
    return known;
  }

  /** Forget a node of which neither a beacon nor a record is held. */
  sweep(node: string, known: KnownNode): void {
    if (known.beacon === undefined && known.records === undefined) this.#byNode.delete(node);
  }

  forEach(visit: (known: KnownNode, node: NodeId) => void): void {
    this.#byNode.forEach(visit as (known: KnownNode, node: string) => void);
  }

  entries(): IterableIterator<[NodeId, KnownNode]> {
    return this.#byNode.entries() as IterableIterator<[NodeId, KnownNode]>;
  }
}
