// The options of an overlay on a player: room, settings and position. They are the same for all players.
import { type AnyClient, type AnyRoom, type BindOptions, DanmuxError, type OverlaySettings } from '@danmux/sdk';

/** Options of the overlay on any player. */
export interface PlayerOptions extends BindOptions {
  /** A joined room, or a name: then `client` joins the room and leaves it with the player. Absent: the page adds items to `overlay` itself. */
  readonly room?: AnyRoom | string;
  /** Required when `room` is a name. */
  readonly client?: AnyClient;
  /** Initial settings of the overlay. */
  readonly overlay?: Partial<OverlaySettings>;
  /** False: no danmaku button in the player's control bar; default true. */
  readonly button?: boolean;
  /** `box` (default): danmaku use the player's whole box. `picture`: only the picture, without black bars. */
  readonly fit?: 'box' | 'picture';
}

export interface RoomInUse {
  readonly room: AnyRoom;
  /** Leaves the room if it was joined by name; otherwise does nothing. */
  leave(): void;
}

/** Joins the room if it is given by name. Throws a DanmuxError `invalid_request` for a name without a client. */
export function roomInUse({ room, client }: PlayerOptions): RoomInUse | undefined {
  if (room === undefined) return undefined;
  if (typeof room !== 'string') return { room, leave: () => undefined };
  if (!client) throw new DanmuxError('invalid_request', { message: 'The option `room` is a name, so the option `client` must be set to join it.' });
  const joined = client.join(room);
  // The error is ignored: the request fails when the connection is lost, and the server then removes the viewer by itself.
  return { room: joined, leave: () => void joined.leave().catch(() => undefined) };
}
