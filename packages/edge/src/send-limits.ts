// How often a user, and all users of a room together, may send through this edge. Buckets are made when they are first needed
// and forgotten when they are full again.
import { type Runtime, TokenBucket } from '@danmux/runtime';

type Limits = Pick<Runtime['config']['edge'], 'send_per_minute' | 'send_burst' | 'room_send_per_second'>;

const forgetEveryMs = 60_000;

export class SendLimits {
  readonly #limits: Limits;
  readonly #users = new Map<string, TokenBucket>();
  readonly #rooms = new Map<string, TokenBucket>();
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * 0 when both let it pass, else milliseconds to wait. A user has one bucket, however many connections; in a room with a limit of its
   * own (`roomPerMinute`) one for that room.
   */
  take(user: string, room: string, now: number, roomPerMinute?: number): number {
    const { room_send_per_second } = this.#limits;
    this.#forget(now);
    const wait = this.#bucket(user, room, now, roomPerMinute).take(now);
    if (wait > 0) return wait;
    return bucketOf(this.#rooms, room, () => new TokenBucket(room_send_per_second * 60, room_send_per_second, now)).take(now);
  }

  #bucket(user: string, room: string, now: number, roomPerMinute: number | undefined): TokenBucket {
    const { send_per_minute, send_burst } = this.#limits;
    if (roomPerMinute === undefined) return bucketOf(this.#users, user, () => new TokenBucket(send_per_minute, send_burst, now));
    const burst = Math.min(send_burst, roomPerMinute);
    // Another limit is another bucket: it begins full.
    return bucketOf(this.#users, `${user}\n${room} ${roomPerMinute}`, () => new TokenBucket(roomPerMinute, burst, now));
  }

  /** Buckets in memory. */
  get size(): number {
    return this.#users.size + this.#rooms.size;
  }

  #forget(now: number): void {
    if (now - this.#forgotAt < forgetEveryMs && now >= this.#forgotAt) return;
    this.#forgotAt = now;
    for (const buckets of [this.#users, this.#rooms]) for (const [name, bucket] of buckets) if (bucket.full(now)) buckets.delete(name);
  }
}

function bucketOf(buckets: Map<string, TokenBucket>, name: string, make: () => TokenBucket): TokenBucket {
  const bucket = buckets.get(name) ?? make();
  buckets.set(name, bucket);
  return bucket;
}
