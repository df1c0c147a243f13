import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Did } from '../brand.ts';
import type { Attachment } from '../records.ts';
import { AgentTable } from './agent-table.ts';

describe('the table of attachments by agent', () => {
  it('does what a map does, listed and mapped', () => {
    const step = fc.record({ agent: fc.nat(400), seq: fc.nat(9), isGone: fc.boolean() });
    fc.assert(
      fc.property(fc.nat(300), fc.array(step, { maxLength: 200 }), (first, history) => {
        const [table, map] = [new AgentTable(), new Map<string, Attachment>()];
        const put = (agent: number, seq: number) => {
          const attachment = { agent: `did:key:${agent}`, seq } as unknown as Attachment;
          table.set(attachment);
          map.set(attachment.agent, attachment);
        };
        for (let agent = 0; agent < first; agent++) put(agent, 0);
        for (const { agent, seq, isGone } of history) {
          if (!isGone) put(agent, seq);
          else {
            map.delete(`did:key:${agent}`);
            table.delete(`did:key:${agent}` as Did);
          }
          expect(table.get(`did:key:${agent}` as Did)).toBe(map.get(`did:key:${agent}`));
          expect(table.size).toBe(map.size);
        }
        expect(new Set(table.list())).toEqual(new Set(map.values()));
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});
