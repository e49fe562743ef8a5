// Token buckets of this edge: messages per user, messages per room, and the counts of a user's messages. A type with its own limit gets
// its own buckets. A bucket is created on first use and dropped once it is full again; the number of buckets is capped.
import { lanes, type MessageType, viewerCounts } from '@danmux/protocol';
import { BoundedMap, type Runtime, TokenBucket } from '@danmux/runtime';

type Limits = Pick<Runtime['config']['edge'], 'send_per_minute' | 'send_burst' | 'room_send_per_second'>;

export interface Sent {
  readonly user: string;
  readonly room: string;
  readonly type: string;
  /** The type's row in `messages.types`; undefined for an unknown type. */
  readonly row: MessageType | undefined;
  /** The room mode `send_per_minute`; it applies to types without their own limit. */
  readonly roomPerMinute?: number | undefined;
}

const forgetEveryMs = 60_000;
/** Cap of buckets of each kind; the oldest is evicted, and its owner starts again with a full one. */
const remembered = 100_000;

export class SendLimits {
  readonly #limits: Limits;
  readonly #users = new BoundedMap<string, TokenBucket>(remembered);
  readonly #rooms = new BoundedMap<string, TokenBucket>(remembered);
  readonly #counts = new BoundedMap<string, TokenBucket>(remembered);
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** 0 when both the user's and the room's bucket allow the message, else milliseconds to wait. All connections of a user share a bucket. */
  take(sent: Sent, now: number): number {
    this.#forget(now);
    const wait = this.#userBucket(sent, now).take(now);
    if (wait > 0) return wait;
    const { room_send_per_second } = this.#limits;
    const room = hasOwnLimit(sent.row) ? `${sent.room} ${sent.type}` : sent.room;
    return bucketOf(this.#rooms, room, () => new TokenBucket(room_send_per_second * 60, room_send_per_second, now)).take(now);
  }

  /** Takes up to `wanted` from the user's count budget for this type and returns the amount; 0 when the budget is used up. */
  takeCount({ user, type, row }: Sent, wanted: number, now: number): number {
    const perSecond = row?.viewer_count_per_second ?? viewerCounts.perSecond;
    // The burst must allow one message with the type's maximum count.
    const bucket = bucketOf(this.#counts, `${user}\n${type}`, () => new TokenBucket(perSecond * 60, Math.max(perSecond, countMax(row)), now));
    return bucket.takeUpTo(Math.min(wanted, countMax(row)), now);
  }

  #userBucket({ user, room, type, row, roomPerMinute }: Sent, now: number): TokenBucket {
    const { send_per_minute, send_burst } = this.#limits;
    if (hasOwnLimit(row)) {
      const { viewer_per_minute = send_per_minute, viewer_burst = send_burst } = row;
      return bucketOf(this.#users, `${user}\n\n${type}`, () => new TokenBucket(viewer_per_minute, viewer_burst, now));
    }
    if (roomPerMinute === undefined) return bucketOf(this.#users, user, () => new TokenBucket(send_per_minute, send_burst, now));
    const burst = Math.min(send_burst, roomPerMinute);
    // The limit is part of the key: a changed limit starts with a full bucket.
    return bucketOf(this.#users, `${user}\n${room} ${roomPerMinute}`, () => new TokenBucket(roomPerMinute, burst, now));
  }

  /** Number of buckets in memory. */
  get size(): number {
    return this.#users.size + this.#rooms.size + this.#counts.size;
  }

  #forget(now: number): void {
    if (now - this.#forgotAt < forgetEveryMs && now >= this.#forgotAt) return;
    this.#forgotAt = now;
    for (const buckets of [this.#users, this.#rooms, this.#counts]) for (const [name, bucket] of buckets) if (bucket.full(now)) buckets.delete(name);
  }
}

function countMax(row: MessageType | undefined): number {
  return row?.viewer_count_max ?? viewerCounts.max;
}

/** True for a type whose messages do not use the shared buckets. */
export function hasOwnLimit(row: MessageType | undefined): row is MessageType {
  return row !== undefined && (lanes[row.lane].merges === 'counters' || row.viewer_per_minute !== undefined);
}

function bucketOf(buckets: Map<string, TokenBucket>, name: string, make: () => TokenBucket): TokenBucket {
  const known = buckets.get(name);
  if (known) return known;
  const bucket = make();
  buckets.set(name, bucket);
  return bucket;
}
