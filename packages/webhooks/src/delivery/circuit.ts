// What a target's answers mean: whether it works, or an event or a room is at fault, and which rooms may be tried now. The worker that
// delivers for the target decides; the state is stored for the api and for the next worker. It sends nothing and skips nothing.
import type { Records } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { type CircuitState, type ReadCircuit, readCircuit, writeCircuit } from '../circuit-state.ts';
import { targetVersion, type WebhookTarget } from '../targets.ts';
import { retryWaitMs } from './retry-wait.ts';
import type { Outcome } from './webhook-client.ts';

/** `all`: it works. `fresh`: rooms whose last try did not fail, one at a time. `any`: one try, of whatever room. `none`: wait. */
export type Admission = 'all' | 'fresh' | 'any' | 'none';

export type Failure = Exclude<Outcome, { kind: 'delivered' } | { kind: 'gone' }>;

/** So many rooms that failed with no success between: it is the target, not the rooms. */
const downRooms = 2;
/** The same of rooms that were refused an event (400, 422): three backends' mistakes at once are the backend. */
const refusedRooms = 3;
/** So many events refused with no success between tell that it may be the target. */
const refusedEvents = 3;
/** A success this long ago still shows that the target works. */
const freshSuccessMs = 60_000;
/** More make no difference. */
const mostSuspects = 16;
/** The next room that has not failed waits no longer, whatever became of others: one request in so long is no load for anybody. */
const longestFreshMs = 5_000;

export class Circuit {
  readonly #runtime: Runtime;
  readonly #records: Records;
  readonly #target: WebhookTarget;
  readonly #version: string;
  #state: CircuitState | null = null;
  /** The record's version as last read or written here. */
  #stored = 0;
  /** Rooms that failed since the last success, by how. */
  readonly #suspects = new Map<string, Failure['kind']>();
  /** Ids of events refused since the last success, up to `refusedEvents`. */
  readonly #refused = new Set<string>();
  /** On the monotonic clock: when it opened, and its last success. */
  #openedAt = 0;
  #tookAt = Number.NEGATIVE_INFINITY;
  /** By the clock. */
  #tookTime = Number.NEGATIVE_INFINITY;
  /** It asked for this itself (Retry-After, 429): nothing is tried before. */
  #heldUntil = 0;
  /** When a room that has not failed may be tried. */
  #freshAt = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(runtime: Runtime, records: Records, target: WebhookTarget) {
    this.#runtime = runtime;
    this.#records = records;
    this.#target = target;
    this.#version = targetVersion(target);
  }

  get closed(): boolean {
    return this.#state === null;
  }

  get disabled(): boolean {
    return this.#state?.state === 'disabled';
  }

  get since(): number {
    return this.#state?.since ?? Number.POSITIVE_INFINITY;
  }

  /** `failed` are the rooms whose last try failed, as an earlier worker stored. */
  async load(failed: Iterable<string>): Promise<void> {
    this.#adopt(await readCircuit(this.#records, this.#target.id));
    if (this.closed) return;
    for (const room of failed) if (this.#suspects.size < mostSuspects) this.#suspects.set(room, 'down');
    const { retry_at = 0, held = false } = this.#state ?? {};
    this.#heldUntil = held ? retry_at : 0;
    this.#freshAt = Math.min(retry_at, this.#runtime.clock.now() + longestFreshMs);
  }

  /** Looks what others wrote: true when an operator asked for a try now. */
  async sync(): Promise<boolean> {
    await this.#saving;
    const read = await readCircuit(this.#records, this.#target.id);
    if (read.version === this.#stored) return false;
    if (read.version === 0) {
      // Empty for long, the record ended by itself.
      this.#stored = 0;
      return false;
    }
    this.#adopt(read);
    return this.closed;
  }

  admission(): Admission {
    if (this.#state === null) return 'all';
    const now = this.#runtime.clock.now();
    if (this.disabled || now < this.#heldUntil) return 'none';
    if (now >= this.#state.retry_at) return 'any';
    return !this.#isFull() || now >= this.#freshAt ? 'fresh' : 'none';
  }

  /** After an event that the target took; `began` is when its request did, by performance.now(). */
  took(began: number): void {
    this.#tookAt = performance.now();
    this.#tookTime = this.#runtime.clock.now();
    this.#refused.clear();
    this.#suspects.clear();
    if (this.#state === null || this.disabled || began < this.#openedAt) return;
    this.#state = null;
    this.#save();
    // Where some rooms always fail and others never, this comes and goes with the traffic.
    this.#runtime.counted.info({ target: this.#target.id }, 'a webhook target works again', { per: this.#target.id });
  }

  /** After a try that failed. */
  failed(room: string, event: string, failure: Failure, began: number): void {
    if (this.disabled) return;
    const holds = failure.kind === 'down' && failure.hold === true;
    // It took others meanwhile: it works, and this room or event is at fault.
    if (!holds && this.#tookAt > began) return;
    if (failure.kind === 'refused' && this.#refused.size < refusedEvents) this.#refused.add(event);
    const isNew = !this.#suspects.has(room);
    if (!isNew || this.#suspects.size < mostSuspects) this.#suspects.set(room, failure.kind);
    const opens = failure.kind !== 'refused' || this.#isFull();
    if (!opens && this.#state === null) return;
    this.#open(failure, isNew, began);
    if (!holds) return;
    this.#heldUntil = this.#state?.retry_at ?? 0;
    this.#openedAt = performance.now();
  }

  /** After a 410: until an operator enables it or it is another one. */
  disable(error: string): void {
    const now = this.#runtime.clock.now();
    const { failures = 0, since = now } = this.#state ?? {};
    this.#state = { state: 'disabled', failures: failures + 1, retry_at: 0, since, error, version: this.#version };
    this.#save();
    this.#runtime.log.error({ target: this.#target.id }, 'a webhook target said 410 and is disabled');
  }

  /**
   * Whether an event that was refused since then is at fault itself. Yes where the target took another meanwhile; of a plain refusal
   * also where it took one lately, or where the event is one of two: but not while it refuses room after room.
   */
  blames(kind: Failure['kind'], since: number): boolean {
    if (this.#tookTime > since) return true;
    if (kind !== 'refused' || !this.closed) return false;
    return this.#refused.size < refusedEvents || this.#tookTime > this.#runtime.clock.now() - freshSuccessMs;
  }

  /** Resolves when the state is stored, or could not be. */
  async end(): Promise<void> {
    await this.#saving;
  }

  /** No room may be tried at once: enough of them failed. */
  #isFull(): boolean {
    return this.#suspects.size >= refusedRooms || this.#down() >= downRooms;
  }

  /** Rooms that failed otherwise than by a refusal. */
  #down(): number {
    return [...this.#suspects.values()].filter((kind) => kind !== 'refused').length;
  }

  /** A target that refuses events answers: however many rooms it refuses, the others follow one after the other without a wait. */
  #freshWaitMs(): number {
    if (this.#down() < downRooms) return 0;
    const wait = retryWaitMs(Math.max(1, this.#suspects.size - downRooms + 1), this.#runtime.config.webhooks.max_wait_ms);
    return Math.min(longestFreshMs, wait);
  }

  #open(failure: Failure, newRoom: boolean, began: number): void {
    const { error } = failure;
    const asked = failure.kind === 'down' ? failure.retryAfterMs : undefined;
    const now = this.#runtime.clock.now();
    const before = this.#state;
    // Those that were under way together when it failed count as one.
    const together = before !== null && began < this.#openedAt;
    const failures = (before?.failures ?? 0) + (together ? 0 : 1);
    const { max_wait_ms } = this.#runtime.config.webhooks;
    const retry_at = together && asked === undefined ? before.retry_at : now + retryWaitMs(failures, max_wait_ms, asked);
    if (newRoom) this.#freshAt = now + this.#freshWaitMs();
    const held = asked !== undefined || (together && before.held === true);
    this.#state = { state: 'open', failures, retry_at, since: before?.since ?? now, error, version: this.#version, ...(held ? { held } : {}) };
    this.#save();
    if (before === null) this.#openedAt = performance.now();
    if (before === null) this.#runtime.counted.warn({ target: this.#target.id, error }, 'a webhook target fails', { per: this.#target.id });
  }

  #adopt({ circuit, version }: ReadCircuit): void {
    this.#stored = version;
    const enabled = circuit === null || (circuit.state === 'disabled' && circuit.version !== this.#version);
    this.#state = enabled ? null : circuit;
    if (!enabled) return;
    this.#suspects.clear();
    this.#heldUntil = 0;
  }

  /** What an operator wrote meanwhile stays; `sync` finds it. */
  #save(): void {
    this.#saving = this.#saving.then(async () => {
      try {
        const written = await writeCircuit(this.#records, this.#target.id, { version: this.#stored }, this.#state);
        if (written !== null) this.#stored = written;
      } catch (error) {
        this.#runtime.caught('webhook-circuit', error, 'the state of a webhook target could not be stored', {
          level: 'debug',
          fields: { target: this.#target.id },
        });
      }
    });
  }
}
