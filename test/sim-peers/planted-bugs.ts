/** Bugs that a full peer may have, and the built-in scenario whose checkers find each. */
import type { Patch } from './plant-bug.ts';

export interface PlantedBug extends Patch {
  readonly name: string;
  readonly scenario: 'peers-faults' | 'peers-moves';
  /** The promise that breaks. */
  readonly checker: string;
  /** Found within two seconds: looked for on each commit. */
  readonly isQuick?: boolean;
}

const delivery = 'protocol/delivery/delivery-machine.ts';
const space = 'protocol/space/space-machine.ts';
const handing = 'receipts are true and nothing is handed out twice';
const lost = 'no acknowledged message is lost';
const converge = 'holders of a space converge';

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'receipts never leave the receiver',
    scenario: 'peers-faults',
    checker: 'a sender hears of every delivery',
    file: 'node/runtime/delivery-desk.ts',
    find: 'if (node !== this.#core.self) this.#waitingFor(node).receipts.push(receipt);',
    replace: 'if (node !== this.#core.self) return;',
  },
  {
    name: 'what was seen before counts as new',
    isQuick: true,
    scenario: 'peers-faults',
    checker: handing,
    file: 'node/runtime/replay-desk.ts',
    find: "if (verdict !== 'new') return verdict;",
    replace: "if (verdict === 'duplicate') return 'new';\n      if (verdict !== 'new') return verdict;",
  },
  {
    name: 'an accepted message is not written down',
    isQuick: true,
    scenario: 'peers-faults',
    checker: handing,
    file: delivery,
    find: 'return [saveMail(entry.key, entry), accepted, ...this.#attempt(entry, atMs), ...this.#armTimer(atMs)];',
    replace: 'return [accepted, ...this.#attempt(entry, atMs), ...this.#armTimer(atMs)];',
  },
  {
    name: 'a message is sent once and never again',
    scenario: 'peers-faults',
    checker: lost,
    file: 'protocol/delivery/retry.ts',
    find: 'return Math.round(backoffMs *',
    replace: 'return Math.round(3_000_000 + backoffMs *',
  },
  {
    name: 'the outbox is forgotten in a restart',
    scenario: 'peers-faults',
    checker: lost,
    file: delivery,
    find: 'for (const row of mails) {',
    replace: 'for (const row of mails) {\n      if (row.isOutgoing) continue;',
  },
  {
    name: 'the mailbox is forgotten in a restart',
    scenario: 'peers-faults',
    checker: handing,
    file: delivery,
    find: 'for (const row of mails) {',
    replace: 'for (const row of mails) {\n      if (!row.isOutgoing) continue;',
  },
  {
    name: 'what was shown before a crash is not marked',
    isQuick: true,
    scenario: 'peers-faults',
    checker: handing,
    file: 'protocol/delivery/mailbox.ts',
    find: 'isRedelivered: entry.wasSent,',
    replace: 'isRedelivered: false,',
  },
  {
    name: 'two member records carry one version',
    isQuick: true,
    scenario: 'peers-faults',
    checker: 'one version of the members is one record',
    file: 'node/runtime/space-desk.ts',
    find: 'version: known.version + 1,',
    replace: 'version: known.version + 1 - (known.version % 2),',
  },
  {
    name: 'a merge forgets the oldest entry that the other lacks',
    scenario: 'peers-faults',
    checker: converge,
    file: space,
    find: 'for (const texts of page(missing))',
    replace: 'for (const texts of page(missing.slice(1)))',
  },
  {
    name: 'holders of a space never compare notes',
    scenario: 'peers-faults',
    checker: converge,
    file: space,
    find: 'if (isEqual) return',
    replace: 'if (isEqual || digest.count > 0) return',
  },
  {
    name: 'spaces are forgotten in a restart',
    scenario: 'peers-faults',
    checker: converge,
    file: space,
    find: 'for (const entry of entries) {\n      const space = spaces.get(entry.space);\n      if (space === undefined) continue;',
    replace:
      'for (const entry of entries) {\n      const space = spaces.get(entry.space);\n      if (space !== undefined) { space.xorLow ^= 1; space.bytes = 1e12; }\n      if (space === undefined) continue;',
  },
  {
    name: 'an old attachment beats a new one',
    isQuick: true,
    scenario: 'peers-moves',
    checker: lost,
    file: 'protocol/attachment/registry.ts',
    find: 'if (known !== undefined && known.seq >= attachment.seq) {',
    replace: 'if (known !== undefined) {',
  },
];
