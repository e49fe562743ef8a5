// Options of an overlay on a player: room, look and position. The same for all players.
import { type BindOptions, type Client, DanmuxError, type OverlaySettings, type Room } from '@danmux/sdk';

export interface PlayerOptions extends BindOptions {
  /** A room, or the name of one that `client` joins for this player and leaves with it. Absent: the page adds items to `overlay`. */
  readonly room?: Room | string;
  /** Required when `room` is a name. */
  readonly client?: Client;
  /** Initial settings: opacity, speed, area and all others. */
  readonly overlay?: Partial<OverlaySettings>;
  /** False: no danmaku button in the player's control bar; default true. */
  readonly button?: boolean;
  /** `box` (default): danmaku use the player's whole box. `picture`: the picture without the bars beside it. */
  readonly fit?: 'box' | 'picture';
}

export interface RoomInUse {
  readonly room: Room;
  /** Leaves the room, if it was joined here. */
  leave(): void;
}

/** @throws DanmuxError `invalid_request` when a room is named and there is no client to join it. */
export function roomInUse({ room, client }: PlayerOptions): RoomInUse | undefined {
  if (room === undefined) return undefined;
  if (typeof room !== 'string') return { room, leave: () => undefined };
  if (!client) throw new DanmuxError('invalid_request', { message: 'A room that is given by its name needs a client.' });
  const joined = client.join(room);
  // A failed request does not matter: the server forgets the viewer with the connection.
  return { room: joined, leave: () => void joined.leave().catch(() => undefined) };
}
