/** Ids of jobs and their parts that look like any other and are the same in every run. */
import type { MessageId } from '../../protocol/brand.ts';

/** `job` up to 20 bits, `item` up to 32. */
export function taskId(job: number, item: number): MessageId {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return `01890000-0000-7000-8000-${hex(job, 5).slice(-5)}${hex(item, 7)}` as MessageId;
}
