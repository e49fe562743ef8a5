// The common pace of all broadcasts: each books time here before it sends a slice. The booked time is one record in the store, so that
// broadcasts on several workers take turns. A crashed worker wastes only its turn.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { type Failure, retryRefused } from './store-retry.ts';

const record = 'broadcast-pace';
const field = 'booked';

interface Booked {
  /** Time of the booking, in milliseconds since 1970. */
  readonly at: number;
  /** End of all bookings, at which the next slice may start, in milliseconds since 1970. */
  readonly until: number;
}

export class BroadcastPace {
  readonly #runtime: Runtime;
  readonly #records: Bus['records'];

  constructor(runtime: Runtime, { records }: Pick<Bus, 'records'>) {
    this.#runtime = runtime;
    this.#records = records;
  }

  /** Books a period of `ms` milliseconds after the existing bookings. Resolves with the milliseconds until that period begins. */
  async book(ms: number, signal: AbortSignal): Promise<number> {
    let wait = 0;
    await retryRefused([ms], signal, async (all): Promise<readonly Failure<number>[]> => {
      try {
        wait = await this.#book(ms);
        return [];
      } catch (error) {
        return all.map((item) => ({ item, error: error as Error }));
      }
    });
    return wait;
  }

  async #book(ms: number): Promise<number> {
    for (;;) {
      const { version, fields } = await this.#records.get(record);
      const now = this.#runtime.clock.now();
      const wait = waitOf(fields.get(field)?.value, now);
      const booked: Booked = { at: now, until: now + wait + ms };
      if ((await this.#records.setIf(record, version, new Map([[field, { value: JSON.stringify(booked) }]]))) !== null) return wait;
    }
  }
}

/**
 * Milliseconds until all bookings end. The result is at most the wait at the time of the last booking, so that a clock that was set back does
 * not stop broadcasts.
 */
function waitOf(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  const { at, until } = JSON.parse(value) as Booked;
  return Math.max(0, Math.min(until - now, until - at));
}
