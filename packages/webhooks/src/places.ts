// How far each webhook target has come in each shard's event log, as a worker stores it and the api reads it. Targets are divided
// into slices; a slice has one lease, and its places are the cursors of that lease.
import { fnv1a } from '@danmux/bus';

/** A worker delivers for the targets of the slices it holds: as many workers share the targets. */
const webhookSlices = 8;

/** What is under way, or waits, for one room of a target. */
export interface RoomPlace {
  readonly room: string;
  /** All of the room up to this entry is done with; absent when nothing came before. */
  readonly after?: string;
  /** The last entry of the event that is sent next, fixed before its first try; absent while nothing is fixed. */
  readonly to?: string;
  /** Logged events of the room that are not done with, up to the shard's front. */
  readonly count: number;
  /** Tries of the next event that failed. */
  readonly attempts: number;
  /** Those of them that refused the event itself. */
  readonly refused: number;
  /** When the first of them did; 0 before. */
  readonly since: number;
  /** Not before this. */
  readonly retryAt: number;
}

/** Of one target in one shard. */
export interface ShardPlace {
  /** The front: all up to this entry is done with, but for `rooms`; absent before the first. */
  readonly entry?: string;
  /** That entry's number; 0 before the first. */
  readonly number: number;
  /** Events the log lost at its cap before this target was given them. */
  readonly dropped: number;
  readonly rooms: readonly RoomPlace[];
}

export function sliceOf(target: string): number {
  return fnv1a(target) % webhookSlices;
}

export function sliceLease(slice: number): string {
  return `webhooks:${slice}`;
}

/** The cursor's field; neither part holds a space. */
export function placeField(target: string, shard: number): string {
  return `${target} ${shard}`;
}

/** Holds the lowest entry any target of the slice still needs from the shard's log. `*` is no target's id. */
export function lowField(shard: number): string {
  return `* ${shard}`;
}

type Row = readonly [room: string, after: string | null, to: string | null, count: number, attempts: number, refused: number, since: number, retryAt: number];
type Stored = readonly [entry: string | null, number: number, dropped: number, ...rooms: Row[]];

export function encodePlace({ entry, number, dropped, rooms }: ShardPlace): string {
  const rows = rooms.map(
    ({ room, after, to, count, attempts, refused, since, retryAt }): Row => [
      ...([room, after ?? null, to ?? null] as const),
      ...([count, attempts, refused, since, retryAt] as const),
    ],
  );
  return JSON.stringify([entry ?? null, number, dropped, ...rows] satisfies Stored);
}

export function decodePlace(text: string | undefined): ShardPlace {
  if (text === undefined) return { number: 0, dropped: 0, rooms: [] };
  const [entry, number, dropped, ...rows] = JSON.parse(text) as Stored;
  const rooms = rows.map(
    ([room, after, to, count, attempts, refused, since, retryAt]): RoomPlace => ({
      ...{ room, count, attempts, refused, since, retryAt },
      ...(after === null ? {} : { after }),
      ...(to === null ? {} : { to }),
    }),
  );
  return { number, dropped, rooms, ...(entry === null ? {} : { entry }) };
}
