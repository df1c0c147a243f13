/**
 * Channels: two agents talk in an ordered, flow-controlled, two-way stream, past spaces and mailboxes.
 *
 * @example
 * const end = createChannelMachine({ side: 'opener' });
 * for (const effect of end.step({ type: 'start', atMs })) perform(effect); // say, set-timer
 */
export { type ChannelFault, type ChannelGuard, checkPair, createChannelGuard } from './channel-guard.ts';
export {
  type ChannelEffect,
  type ChannelInput,
  type ChannelMachine,
  type ChannelMachineInit,
  createChannelMachine,
} from './channel-machine.ts';
export {
  type ChannelContent,
  type ChannelEnvelope,
  type ChannelWord,
  channelLimits,
  contentCost,
  isChannelEnvelope,
  isChannelType,
  readChannelWord,
  writeChannelWord,
} from './channel-words.ts';
export { createRetainedWords, type RetainedWords } from './retained-words.ts';
