// How fast broadcasts go, all together: each asks here before it sends a slice, and is told how long to wait. The time that is
// booked is one record, so that broadcasts on several workers take turns at one pace; a worker that dies loses only its turn.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { type Failure, retryRefused } from './store-retry.ts';

const record = 'broadcast-pace';
const field = 'booked';

interface Booked {
  /** When it was booked, milliseconds since 1970. */
  readonly at: number;
  /** The next slice may begin then. */
  readonly until: number;
}

export class BroadcastPace {
  readonly #runtime: Runtime;
  readonly #records: Bus['records'];

  constructor(runtime: Runtime, { records }: Pick<Bus, 'records'>) {
    this.#runtime = runtime;
    this.#records = records;
  }

  /** Books `ms` of the pace after what is booked already; returns how long to wait for them. */
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

/** Never longer than what was booked: a store whose clock was set back must not stop all. */
function waitOf(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  const { at, until } = JSON.parse(value) as Booked;
  return Math.max(0, Math.min(until - now, until - at));
}
