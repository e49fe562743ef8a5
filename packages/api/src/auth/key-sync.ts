// Keeps the keyring in sync with the keys in the store. While the store is away, known keys stay valid and no new key is accepted.
import type { Bus, RecordField } from '@danmux/bus';
import { FollowedRecord, ruleRecords } from '@danmux/policy';
import type { Runtime } from '@danmux/runtime';
import type { ApiKey } from './api-key.ts';
import type { Keyring } from './keyring.ts';
import type { Seal } from './seal.ts';
import { apiKeyOf, readStoredKey } from './stored-key.ts';

export class KeySync {
  readonly #runtime: Runtime;
  readonly #keyring: Keyring;
  readonly #seal: Seal;
  readonly #record: FollowedRecord;
  #keys: ReadonlyMap<string, ApiKey> = new Map();

  constructor(runtime: Runtime, bus: Bus, keyring: Keyring, seal: Seal) {
    this.#runtime = runtime;
    this.#keyring = keyring;
    this.#seal = seal;
    this.#record = new FollowedRecord(runtime, bus, ruleRecords.keys, {
      read: ({ fields }) => {
        this.#set([], fields);
        return true;
      },
      // The change is applied before the record is read again, so that a deleted key is refused even if the store becomes unavailable now.
      changed: (fields) => this.#set(this.#keys, fields),
    });
  }

  /** Resolves after the first read, successful or not, or after a time limit. A failed read is retried in the background. */
  async start(): Promise<void> {
    await this.#record.start();
  }

  async stop(): Promise<void> {
    await this.#record.stop();
  }

  /** Reads the keys again. Also resolves when the read fails. */
  refresh(): Promise<void> {
    return this.#record.refresh();
  }

  #set(known: Iterable<readonly [string, ApiKey]>, fields: ReadonlyMap<string, RecordField | null>): void {
    const keys = new Map(known);
    for (const [id, field] of fields) {
      const key = field && this.#keyOf(id, field);
      if (key) keys.set(id, key);
      else keys.delete(id);
    }
    this.#keys = keys;
    this.#keyring.setStored([...this.#keys.values()]);
  }

  #keyOf(id: string, { value }: RecordField): ApiKey | null {
    const stored = readStoredKey(value);
    if (stored) return apiKeyOf(id, stored, this.#seal);
    this.#runtime.caught('keys', undefined, 'a stored key is malformed; ignoring the key', { fields: { id } });
    return null;
  }
}
