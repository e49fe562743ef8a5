// The public exports of the viewer SDK: the client, the overlay, and `bind`, which connects a room to an overlay.
export { DanmuxError, type MembersReply, type Msg, type Notice, type RoomMember, type RoomModes } from '@danmux/protocol';
export { type BindOptions, type BoundRoom, bind, danmakuOf, giftOf, superchatOf, textOf } from './bind.ts';
export type { AnyClient, AnyRoom } from './client/any-room.ts';
export { Client, type ClientEvents, createClient } from './client/client.ts';
export type { Host, Visibility, WebSocketLike } from './client/host.ts';
export type {
  ChatData,
  DataOf,
  EnterData,
  GiftData,
  LikeData,
  Message,
  MessageTypes,
  NoticeData,
  PusherEventData,
  SuperchatData,
} from './client/message.ts';
export { type MiniProgram, miniProgramHost } from './client/mini-program.ts';
export type { ClientOptions, ClientState } from './client/options.ts';
export { Room } from './client/room.ts';
export type { JoinOptions, OutgoingMessage, RoomEvents, SendOptions } from './client/room-events.ts';
export { Overlay } from './overlay/overlay.ts';
export type { DanmakuItem, DanmakuMode, DanmakuSize, GiftItem, OverlayBox, SuperchatItem } from './overlay/overlay-item.ts';
export { checkedSettings, defaultSettings, type OverlaySettings } from './overlay/overlay-settings.ts';
export type { OverlayVerbs } from './overlay/overlay-verbs.ts';
