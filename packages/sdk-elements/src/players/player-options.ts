// What an overlay on a player is made with: what it shows, how it looks and where it lies. The same for every player.
import { type BindOptions, type Client, DanmuxError, type OverlaySettings, type Room } from '@danmux/sdk';

export interface PlayerOptions extends BindOptions {
  /** A room, or the name of one that `client` joins for this player and leaves with it. Absent: the page tells `overlay` what to show. */
  readonly room?: Room | string;
  /** Needed when `room` is a name. */
  readonly client?: Client;
  /** How it looks at first: opacity, speed, area and all the others. */
  readonly overlay?: Partial<OverlaySettings>;
  /** False: no button for danmaku in the player's control bar; default true. */
  readonly button?: boolean;
  /** `box` (default): danmaku use the player's whole box. `picture`: only where its picture is, without bars beside it. */
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
  // A server that cannot be told has forgotten this viewer with the connection.
  return { room: joined, leave: () => void joined.leave().catch(() => undefined) };
}
