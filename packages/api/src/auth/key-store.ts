// Creates, rotates and deletes the API keys in the store. Each change is a compare-and-set on the record: of two concurrent changes one
// fails and is retried on the new state. Keys of the config cannot be changed here.
import type { Bus, RecordField, RecordState } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { DanmuxError, isRoomName } from '@danmux/protocol';
import { type Clock, newId } from '@danmux/runtime';
import { isLive } from './api-key.ts';
import type { Keyring } from './keyring.ts';
import type { Scope } from './scopes.ts';
import type { Seal } from './seal.ts';
import { type NewSecret, newSecret, readStoredKey, type StoredKey, storedSecretOf } from './stored-key.ts';

export interface KeyRequest {
  readonly id?: string;
  readonly scopes: readonly Scope[];
  readonly rooms?: readonly string[];
  readonly signed_only?: boolean;
  readonly expires_at?: number;
}

// A cap, because every request is compared with the digest of every key.
const maxKeys = 500;
/** `/v1/keys/me` is the key of the caller. */
const reservedId = 'me';
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

  /** Creates a key. Throws `conflict` when the id exists or is reserved, or when the maximum number of keys is reached. */
  async make(request: KeyRequest): Promise<NewSecret & { readonly id: string }> {
    checkWatchKey(request);
    if (request.id === reservedId)
      throw new DanmuxError('conflict', { message: `The key id ${reservedId} is reserved for /v1/keys/${reservedId}; choose another id.` });
    const { id = `key_${newId().slice(-12).toLowerCase()}`, scopes, rooms, signed_only, expires_at } = request;
    const now = this.#clock.now();
    if (expires_at !== undefined && expires_at <= now) throw new DanmuxError('invalid_request', { message: 'body: expires_at must be in the future.' });
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
      if (fields.has(id) || this.#isFixed(id)) throw new DanmuxError('conflict', { message: `The key ${id} already exists; choose another id.` });
      if (fields.size >= maxKeys) throw new DanmuxError('conflict', { message: `There are already ${maxKeys} keys, the maximum; delete one first.` });
      return [id, fieldOf(stored)];
    });
    return { id, ...secret };
  }

  /**
   * Adds a new secret; the current one expires after `graceMs`. With `graceMs` 0 all old secrets end immediately. Throws `not_found`, or
   * `conflict` when `graceMs` is above 0 and the old secret of an earlier rotation is still valid, because that secret may be in use.
   */
  async rotate(id: string, graceMs: number): Promise<NewSecret & { readonly until: number }> {
    const now = this.#clock.now();
    const until = now + graceMs;
    const secret = newSecret();
    await this.#change(({ fields }) => {
      const stored = this.#existing(fields.get(id), id);
      const live = stored.secrets.filter((old) => isLive(old, now));
      if (live.length > 1 && graceMs > 0) {
        throw new DanmuxError('conflict', {
          message: `The grace of an earlier rotation of the key ${id} has not ended; wait for its end, or set grace_ms to 0.`,
        });
      }
      const old = graceMs > 0 ? live.map((each) => ({ ...each, until })) : [];
      return [id, fieldOf({ ...stored, secrets: [storedSecretOf(secret, id, this.#seal), ...old] })];
    });
    return { ...secret, until };
  }

  /** Deletes a key. Throws `not_found`, or `conflict` for a key of the config. */
  async remove(id: string): Promise<void> {
    await this.#change(({ fields }) => {
      if (!fields.has(id)) this.#existing(undefined, id);
      return [id, null];
    });
  }

  #existing(field: RecordField | undefined, id: string): StoredKey {
    if (this.#isFixed(id)) throw new DanmuxError('conflict', { message: `The key ${id} is in the config; change it there.` });
    const stored = field && readStoredKey(field.value);
    if (!stored) throw new DanmuxError('not_found', { message: `No key has the id ${id}.` });
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
    throw new DanmuxError('unavailable', { message: 'Too many concurrent changes to the keys; try again.', retryAfterMs: 1_000 });
  }
}

/**
 * Throws for a watch key that has another scope, not exactly one room, or `signed_only`. A watch key must allow little, because its text is
 * visible in the URL of a page.
 */
function checkWatchKey({ scopes, rooms = [], signed_only }: KeyRequest): void {
  if (!scopes.includes('watch')) return;
  const [room = ''] = rooms;
  if (scopes.length > 1) throw new DanmuxError('invalid_request', { message: 'body: scopes: the scope watch cannot be combined with other scopes.' });
  if (rooms.length !== 1 || !isRoomName(room))
    throw new DanmuxError('invalid_request', { message: 'body: rooms: give a watch key exactly one room, by its full name (not a prefix*).' });
  if (signed_only)
    throw new DanmuxError('invalid_request', { message: 'body: signed_only: leave it out for a watch key, because a page cannot sign requests.' });
}

function fieldOf(stored: StoredKey): RecordField {
  const { expires_at: until } = stored;
  return { value: JSON.stringify(stored), ...(until === undefined ? {} : { until }) };
}
