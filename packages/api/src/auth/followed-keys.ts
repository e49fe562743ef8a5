// Keeps the keyring as the store has it: reads the record of keys, follows its changes, reads it again after an outage. While the
// store is away the keys that are known go on; no new one is trusted.
import type { Bus, RecordChange, RecordField } from '@danmux/bus';
import { ruleRecords } from '@danmux/cluster';
import type { Runtime } from '@danmux/runtime';
import type { ApiKey } from './api-key.ts';
import type { Keyring } from './keyring.ts';
import type { Seal } from './seal.ts';
import { apiKeyOf, readStoredKey } from './stored-key.ts';

const firstRetryMs = 500;
const lastRetryMs = 5_000;
// A store that does not answer must not keep the keys of the config from working.
const startMs = 2_000;
// A change may be lost without the connection being lost.
const againMs = 10_000;

export class FollowedKeys {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #keyring: Keyring;
  readonly #seal: Seal;
  #keys = new Map<string, ApiKey>();
  #watch: { close(): Promise<void> } | undefined;
  #reading: Promise<void> | undefined;
  /** What is being read may be older than what is in the store. */
  #stale = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(runtime: Runtime, bus: Bus, keyring: Keyring, seal: Seal) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#keyring = keyring;
    this.#seal = seal;
  }

  /** Resolves when the keys are read, or could not be for a while: then it goes on trying. */
  async start(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, startMs);
    });
    await Promise.race([this.refresh(), late]);
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#reading;
    await this.#watch?.close();
  }

  /** Reads the record again, now. */
  refresh(): Promise<void> {
    this.#stale = true;
    this.#reading ??= this.#readUntilFresh().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readUntilFresh(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      while (this.#stale && !this.#stopped) await this.#read();
      this.#failures = 0;
      this.#again(againMs);
    } catch (error) {
      this.#runtime.metrics.caught.inc({ where: 'keys' });
      this.#runtime.log.warn({ err: error }, 'could not read the keys');
      this.#again(Math.min(lastRetryMs, firstRetryMs * 2 ** this.#failures++));
    }
  }

  async #read(): Promise<void> {
    this.#watch ??= await this.#bus.records.watch({ changed: (change) => this.#changed(change), resumed: () => void this.refresh() });
    this.#stale = false;
    const { fields } = await this.#bus.records.get(ruleRecords.keys);
    if (this.#stale) return;
    this.#keys = new Map([...fields].flatMap(([id, field]) => this.#keyOf(id, field)));
    this.#keyring.setStored([...this.#keys.values()]);
  }

  #changed({ record, fields }: RecordChange): void {
    if (record !== ruleRecords.keys) return;
    // At once, so that a key that was ended opens nothing even when the store goes away now.
    for (const [id, field] of fields) {
      this.#keys.delete(id);
      for (const [, key] of field ? this.#keyOf(id, field) : []) this.#keys.set(id, key);
    }
    this.#keyring.setStored([...this.#keys.values()]);
    void this.refresh();
  }

  #keyOf(id: string, { value }: RecordField): [string, ApiKey][] {
    const stored = readStoredKey(value);
    if (stored) return [[id, apiKeyOf(id, stored, this.#seal)]];
    this.#runtime.metrics.caught.inc({ where: 'keys' });
    this.#runtime.log.warn({ id }, 'a stored key is not in its form');
    return [];
  }

  #again(afterMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.refresh(), afterMs);
    this.#timer.unref();
  }
}
