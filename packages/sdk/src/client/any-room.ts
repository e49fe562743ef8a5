// Types for code that takes a room or a client, and that may contain a copy of the SDK that is not the application's, such as the elements in an
// archive. TypeScript accepts no class with private fields from another copy, so these types have the public members only.
import type { Msg, SendReply } from '@danmux/protocol';
import type { Listener } from './emitter.ts';
import type { Room } from './room.ts';
import type { JoinOptions, RoomEvents, SendOptions } from './room-events.ts';

/** Messages of any type, because an application declares types of its own in one copy only. */
interface AnyRoomEvents extends Omit<RoomEvents, 'message'> {
  message: Msg;
}

/** A room of any copy of the SDK. */
export interface AnyRoom extends Pick<Room, Exclude<keyof Room, 'on' | 'off' | 'send' | 'history'>> {
  on<E extends keyof AnyRoomEvents>(event: E, listener: Listener<AnyRoomEvents[E]>): () => void;
  send(type: string, data: unknown, options?: SendOptions): Promise<SendReply>;
  history(query?: Parameters<Room['history']>[0]): Promise<{ msgs: Msg[]; more: boolean }>;
}

/** A client of any copy of the SDK, as far as joining needs it. */
export interface AnyClient {
  join(name: string, options?: JoinOptions): AnyRoom;
}
