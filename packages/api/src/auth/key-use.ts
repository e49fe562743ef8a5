// Time of last use of each key, to the hour: written at most once an hour, concurrently with the answer, and only for display.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';

const record = 'key_use';
const coarseMs = 3_600_000;
const retryMs = 10_000;

export class KeyUse {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  /** The maximum number of keys. */
  readonly #written = new Map<string, number>();

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  note(id: string, now: number): void {
    if (now - (this.#written.get(id) ?? Number.NEGATIVE_INFINITY) < coarseMs) return;
    this.#written.set(id, now);
    void this.#write(id, String(now), () => this.#written.set(id, now - coarseMs + retryMs));
  }

  /** Id → milliseconds since 1970. */
  async times(): Promise<ReadonlyMap<string, number>> {
    const { fields } = await this.#bus.records.get(record);
    return new Map([...fields].map(([id, { value }]) => [id, Number(value)]));
  }

  async forget(id: string): Promise<void> {
    this.#written.delete(id);
    await this.#write(id, null, () => {});
  }

  async #write(id: string, value: string | null, failed: () => void): Promise<void> {
    try {
      await this.#bus.records.set(record, new Map([[id, value === null ? null : { value }]]));
    } catch (error) {
      failed();
      this.#runtime.caught('key_use', error, 'could not note the use of a key');
    }
  }
}
