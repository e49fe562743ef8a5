// How often a user, and all users of a room together, may send through this edge, and how much a viewer's messages may count. Types with
// a limit of their own have buckets of their own. Buckets are made when they are first needed, forgotten when they are full again, and
// at most so many are kept.
import { type MessageType, viewerCounts } from '@danmux/protocol';
import { BoundedMap, type Runtime, TokenBucket } from '@danmux/runtime';

type Limits = Pick<Runtime['config']['edge'], 'send_per_minute' | 'send_burst' | 'room_send_per_second'>;

export interface Sent {
  readonly user: string;
  readonly room: string;
  readonly type: string;
  /** Of the table messages.types; undefined for a type that is not in it. */
  readonly row: MessageType | undefined;
  /** What the room's modes allow a user, for the types that share the user's limit. */
  readonly roomPerMinute?: number | undefined;
}

const forgetEveryMs = 60_000;
/** Buckets of each kind at most; of more the oldest goes, and its owner begins with a full one. */
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

  /** 0 when user and room let it pass, else milliseconds to wait. A user has one bucket a limit, however many connections. */
  take(sent: Sent, now: number): number {
    this.#forget(now);
    const wait = this.#userBucket(sent, now).take(now);
    if (wait > 0) return wait;
    const { room_send_per_second } = this.#limits;
    const room = hasOwnLimit(sent.row) ? `${sent.room} ${sent.type}` : sent.room;
    return bucketOf(this.#rooms, room, () => new TokenBucket(room_send_per_second * 60, room_send_per_second, now)).take(now);
  }

  /** How much of `wanted` the user's messages of this type may count now; 0 when nothing is left of this second. */
  takeCount({ user, type, row }: Sent, wanted: number, now: number): number {
    const perSecond = row?.viewer_count_per_second ?? viewerCounts.perSecond;
    // One message that counts all it may must fit.
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
    // Another limit is another bucket: it begins full.
    return bucketOf(this.#users, `${user}\n${room} ${roomPerMinute}`, () => new TokenBucket(roomPerMinute, burst, now));
  }

  /** Buckets in memory. */
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

/** True of a type whose messages spend nothing of what others may. */
export function hasOwnLimit(row: MessageType | undefined): row is MessageType {
  return row !== undefined && (row.lane === 'ambient' || row.viewer_per_minute !== undefined);
}

function bucketOf(buckets: Map<string, TokenBucket>, name: string, make: () => TokenBucket): TokenBucket {
  const known = buckets.get(name);
  if (known) return known;
  const bucket = make();
  buckets.set(name, bucket);
  return bucket;
}
