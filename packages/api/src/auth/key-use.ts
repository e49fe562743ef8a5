// Records when each key was last used, for display. A process writes at most once an hour per key; the request does not wait for the write.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';

const record = 'key_use';
const writeEveryMs = 3_600_000;
const retryMs = 10_000;

export class KeyUse {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  /** Id → time of the last write. Has at most one entry per key. */
  readonly #written = new Map<string, number>();

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** Records a use. After a failed write, the first use at least 10 s later writes again. */
  note(id: string, now: number): void {
    if (now - (this.#written.get(id) ?? Number.NEGATIVE_INFINITY) < writeEveryMs) return;
    this.#written.set(id, now);
    void this.#write(id, String(now), () => this.#written.set(id, now - writeEveryMs + retryMs));
  }

  /** Id → last use in milliseconds since 1970, accurate to the hour. */
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
      this.#runtime.caught('key_use', error, 'could not record the last use of a key');
    }
  }
}
