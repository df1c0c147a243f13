/** What goes into the gossip index and what comes out: the runtime's side of the machine. README.md has a table. */
import type { Did, NodeId } from '../protocol/brand.ts';
import type { Ignored, MachineInput, Persist, SetTimer } from '../protocol/machine.ts';
import type { Keys, StoredRow } from '../protocol/ports.ts';
import type { Verified } from '../protocol/signing.ts';
import type { SendIndexMessage } from './anti-entropy.ts';
import type { CapabilityRecord, SealedCapability } from './capability-record.ts';
import type { IndexMessageOf, OpenedBeacon, OpenedEntry } from './index-messages.ts';
import type { BeaconDraft, SealedBeacon } from './presence.ts';
import type { HeldRecord } from './record-table.ts';
import type { VectorSource } from './vector-source.ts';

export interface GossipIndexComponents {
  readonly hash: Keys['hash'];
  /** The same in hexadecimal, of a text, where many indexes of one process share what they have computed. */
  readonly hashText?: ((text: string) => string) | undefined;
  /** The name of a record's line, likewise. */
  readonly keyOf?: ((body: CapabilityRecord) => string) | undefined;
  readonly vectors: VectorSource;
  /** Whether a record that is not for everyone may go to a node. Default: never. */
  mayNodeSee?(node: NodeId, record: HeldRecord): boolean;
}

export interface GossipIndexInit {
  readonly self: NodeId;
  readonly mesh: string;
  /** How often to compare with a neighbour although nothing looks wrong. Default 30,000 ms. */
  readonly antiEntropyMs?: number;
  /** False in a mesh that uses the DHT index: only own records and neighbours' beacons are kept. Default true. */
  readonly keepsForeignRecords?: boolean;
}

export type GossipIndexInput =
  | (MachineInput & { readonly type: 'start' })
  /** Before `start`: what a former run persisted. Records were decoded and checked again by the runtime. */
  | (MachineInput & {
      readonly type: 'load';
      readonly records: readonly Verified<SealedCapability>[];
      /** Records on disk that are good no more: expired, or signed by a key that may sign no longer. */
      readonly lapsed: readonly SealedCapability[];
      /** The rows of `discovery/sequence` and of `discovery/beacon`. */
      readonly sequenceRows: readonly StoredRow[];
      readonly beaconRows: readonly StoredRow[];
    })
  /** An agent of this node announced, updated or withdrew. */
  | (MachineInput & { readonly type: 'announce'; readonly entry: OpenedEntry })
  /** A record came by gossip. */
  | (MachineInput & { readonly type: 'record-received'; readonly entry: OpenedEntry })
  /** A beacon came by gossip, or this node's own was just signed. */
  | (MachineInput & { readonly type: 'presence-received'; readonly beacon: Verified<SealedBeacon> })
  /** The last beacon found nobody to hear it. */
  | (MachineInput & { readonly type: 'beacon-unheard' })
  /** What the agents of this node are doing; replaces what was said before. */
  | (MachineInput & {
      readonly type: 'load-changed';
      readonly busy: ReadonlyMap<Did, number>;
      readonly away: ReadonlySet<Did>;
    })
  | (MachineInput & { readonly type: 'peer-up' | 'peer-down'; readonly node: NodeId })
  | (MachineInput & {
      readonly type: 'sync-received';
      readonly from: NodeId;
      readonly message: IndexMessageOf<'sync'>;
    })
  | (MachineInput & {
      readonly type: 'pull-received';
      readonly from: NodeId;
      readonly message: IndexMessageOf<'pull'>;
    })
  /** A `beacons` message whose beacons were opened by {@link openBeacons}. */
  | (MachineInput & {
      readonly type: 'beacons-received';
      readonly from: NodeId;
      readonly beacons: readonly OpenedBeacon[];
      readonly isLast: boolean;
    })
  /** A `records` message whose records were opened by {@link openEntries}. */
  | (MachineInput & {
      readonly type: 'records-received';
      readonly from: NodeId;
      readonly entries: readonly OpenedEntry[];
      readonly isLast: boolean;
    })
  | (MachineInput & { readonly type: 'timer-fired'; readonly timer: string })
  | (MachineInput & { readonly type: 'stop' });

export type GossipIndexEffect =
  /** Gossip these bytes to the mesh. */
  | { readonly type: 'publish-record'; readonly entry: OpenedEntry }
  /** Send a record that is not for everyone to the nodes where its audience is, as a `records` message. */
  | { readonly type: 'send-private'; readonly entry: OpenedEntry; readonly audience: readonly string[] }
  /** Sign this and give it back at once as `presence-received`; the answer publishes it. */
  | { readonly type: 'sign-beacon'; readonly draft: BeaconDraft }
  /** Gossip it to the mesh; where foreign records are not kept, send it to the neighbours. */
  | { readonly type: 'publish-beacon'; readonly beacon: Verified<SealedBeacon> }
  | SendIndexMessage
  /** For those who watch: what became visible or stopped being so. */
  | {
      readonly type: 'capability-changed';
      readonly change: 'added' | 'updated' | 'withdrawn' | 'expired' | 'evicted';
      readonly key: string;
      readonly record: SealedCapability;
    }
  | { readonly type: 'node-up'; readonly node: NodeId }
  | { readonly type: 'node-down'; readonly node: NodeId; readonly reason: 'lease-over' | 'left' }
  | SetTimer
  | Persist
  | Ignored;
