// Makes, rotates and ends the keys of the store. Each change is one step on the record as it was read, so that of two at once one
// is done again on what the other left.
import type { Bus, RecordField, RecordState } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { DanmuxError } from '@danmux/protocol';
import type { Clock } from '@danmux/runtime';
import { isLive } from './api-key.ts';
import type { Keyring } from './keyring.ts';
import type { Scope } from './scopes.ts';
import type { Seal } from './seal.ts';
import { type NewSecret, newSecret, readStoredKey, type StoredKey, storedSecretOf } from './stored-key.ts';

export interface KeyRequest {
  readonly id: string;
  readonly scopes: readonly Scope[];
  readonly rooms?: readonly string[];
  readonly signed_only?: boolean;
  readonly expires_at?: number;
}

// Every request is compared with every key.
const keysKept = 500;
const tries = 8;

export class KeyStore {
  readonly #bus: Pick<Bus, 'records'>;
  readonly #keyring: Keyring;
  readonly #seal: Seal;
  readonly #clock: Clock;

  constructor(bus: Pick<Bus, 'records'>, keyring: Keyring, seal: Seal, clock: Clock) {
    this.#bus = bus;
    this.#keyring = keyring;
    this.#seal = seal;
    this.#clock = clock;
  }

  /** Throws `conflict` when the id is taken, or there are too many keys. */
  async make({ id, scopes, rooms, signed_only, expires_at }: KeyRequest): Promise<NewSecret> {
    const now = this.#clock.now();
    if (expires_at !== undefined && expires_at <= now) throw new DanmuxError('invalid_request', { message: 'body: expires_at is in the past.' });
    const secret = newSecret();
    const stored: StoredKey = {
      scopes: [...scopes],
      ...(rooms ? { rooms: [...rooms] } : {}),
      ...(signed_only ? { signed_only } : {}),
      created_at: now,
      ...(expires_at === undefined ? {} : { expires_at }),
      secrets: [storedSecretOf(secret, id, this.#seal)],
    };
    await this.#change(({ fields }) => {
      if (fields.has(id) || this.#isFixed(id)) throw new DanmuxError('conflict', { message: `There is a key ${id} already.` });
      if (fields.size >= keysKept) throw new DanmuxError('conflict', { message: `There are ${keysKept} keys already; remove one first.` });
      return [id, fieldOf(stored)];
    });
    return secret;
  }

  /**
   * A second secret; the first ends after `graceMs`. Throws `not_found`, and `conflict` while an older one is still in its grace, unless
   * `graceMs` is 0, which ends all but the new one: a secret in use is never ended unasked.
   */
  async rotate(id: string, graceMs: number): Promise<NewSecret & { readonly until: number }> {
    const now = this.#clock.now();
    const until = now + graceMs;
    const secret = newSecret();
    await this.#change(({ fields }) => {
      const stored = this.#storedOf(fields.get(id), id);
      const live = stored.secrets.filter((old) => isLive(old, now));
      if (live.length > 1 && graceMs > 0) {
        throw new DanmuxError('conflict', { message: `The key ${id} is being rotated already; wait for the end of its grace, or give grace_ms 0.` });
      }
      const old = graceMs > 0 ? live.map((each) => ({ ...each, until })) : [];
      return [id, fieldOf({ ...stored, secrets: [storedSecretOf(secret, id, this.#seal), ...old] })];
    });
    return { ...secret, until };
  }

  async remove(id: string): Promise<void> {
    await this.#change(({ fields }) => {
      if (!fields.has(id)) this.#storedOf(undefined, id);
      return [id, null];
    });
  }

  #storedOf(field: RecordField | undefined, id: string): StoredKey {
    if (this.#isFixed(id)) throw new DanmuxError('conflict', { message: `The key ${id} stands in the config; change it there.` });
    const stored = field && readStoredKey(field.value);
    if (!stored) throw new DanmuxError('not_found', { message: `There is no key ${id}.` });
    return stored;
  }

  #isFixed(id: string): boolean {
    return this.#keyring.get(id, 0)?.source === 'config';
  }

  async #change(decide: (state: RecordState) => readonly [id: string, field: RecordField | null]): Promise<void> {
    for (let i = 0; i < tries; i++) {
      const state = await this.#bus.records.get(ruleRecords.keys);
      const [id, field] = decide(state);
      if ((await this.#bus.records.setIf(ruleRecords.keys, state.version, new Map([[id, field]]))) !== null) return;
    }
    throw new DanmuxError('unavailable', { message: 'The keys change too often; try again.', retryAfterMs: 1_000 });
  }
}

function fieldOf(stored: StoredKey): RecordField {
  const { expires_at: until } = stored;
  return { value: JSON.stringify(stored), ...(until === undefined ? {} : { until }) };
}
