// The viewer's side of danmux.
export { DanmuxError, type MembersReply, type Msg, type Notice, type RoomMember, type RoomModes } from '@danmux/protocol';
export { type BindOptions, bind, giftOf, textOf } from './bind.ts';
export { Client, type ClientEvents, createClient } from './client.ts';
export type { ClientOptions, ClientState } from './options.ts';
export { Overlay } from './overlay.ts';
export { type DanmakuItem, defaultSettings, type GiftItem, type OverlaySettings } from './overlay-item.ts';
export { Room } from './room.ts';
export type { JoinOptions, RoomEvents } from './room-events.ts';
