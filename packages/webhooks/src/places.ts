// The stored position of each webhook target in each shard's event log; workers write it, the api reads it. Targets are divided into slices. Each
// slice has one lease. Positions are stored as cursors of that lease, so only the worker that holds the lease can write them.
import { fnv1a } from '@danmux/bus';

/** Number of slices. A worker delivers to the targets of the slices it holds, so at most this many workers share the targets. */
const webhookSlices = 8;

/** Pending events of one room of a target. */
export interface RoomPlace {
  readonly room: string;
  /** The room's last processed entry; absent before the first. */
  readonly after?: string;
  /** The last log entry of the next request. Fixed before its first attempt, so that every retry sends the same events; absent until then. */
  readonly to?: string;
  /** Unprocessed events of the room, up to the shard's front. */
  readonly count: number;
  /** Failed attempts of the next request. */
  readonly attempts: number;
  /** Failed attempts that the target answered with a refusal (400, 422 …) or with 401, 403, 404, 405 or 407. */
  readonly refused: number;
  /** Time of the first failed attempt of the next request, milliseconds since 1970; 0 while no attempt has failed. */
  readonly since: number;
  /** Earliest next attempt, milliseconds since 1970. */
  readonly retryAt: number;
}

/** Position of one target in one shard. */
export interface ShardPlace {
  /** The front: every entry up to this one is processed, except those in `rooms`; absent before the first. */
  readonly entry?: string;
  /** Sequence number of the event in `entry`; 0 before the first. */
  readonly number: number;
  /** Events that the log's cap removed before they were delivered to this target. */
  readonly dropped: number;
  readonly rooms: readonly RoomPlace[];
}

export function sliceOf(target: string): number {
  return fnv1a(target) % webhookSlices;
}

export function sliceLease(slice: number): string {
  return `webhooks:${slice}`;
}

/** Name of the field with the position of a target in a shard. Neither part contains a space, so the name can be split. */
export function placeField(target: string, shard: number): string {
  return `${target} ${shard}`;
}

/**
 * Name of the field with the last log entry that no enabled target of the slice needs any more. Its value is `needsNothing` when all targets
 * are disabled. The field is absent when a target needs the whole log. `*` is no valid target id, so the name differs from every `placeField`.
 */
export function lowField(shard: number): string {
  return `* ${shard}`;
}

/** Value of the field `lowField` when all targets of the slice are disabled. It is no log entry, so workers of older versions trim nothing. */
export const needsNothing = '-';

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
