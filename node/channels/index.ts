/**
 * The shell of direct channels: passes words between local agents and one stream per channel to another node.
 *
 * @example
 * const channels = createChannelDesk({ carrier: createLibp2pCarrier(transport, { meshId }), ...peer });
 * await channels.start();
 */
export type { ChannelCarrier, ChannelLine, ChannelLineEvents, ChannelPath } from './channel-carrier.ts';
export { type ChannelDesk, type ChannelDeskComponents, createChannelDesk } from './channel-desk.ts';
export { createLibp2pCarrier, describePath } from './libp2p-carrier.ts';
