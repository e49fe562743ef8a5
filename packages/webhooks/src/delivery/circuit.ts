// Interprets a target's responses: whether the target works, whether a room or an event is at fault, and which rooms may be tried now. The
// state is stored for the api and for the worker that takes over. It sends no requests and skips no events.
import type { Records } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { type CircuitState, type ReadCircuit, readCircuit, writeCircuit } from '../circuit-state.ts';
import { targetVersion, type WebhookTarget } from '../targets.ts';
import { retryWaitMs } from './retry-wait.ts';
import type { Outcome } from './webhook-client.ts';

/** `all`: the target works. `fresh`: only rooms whose last attempt did not fail, one at a time. `any`: one attempt, for any room. `none`: wait. */
export type Admission = 'all' | 'fresh' | 'any' | 'none';

export type Failure = Exclude<Outcome, { kind: 'delivered' } | { kind: 'gone' }>;

/** When this many rooms failed since the last success, the target is at fault, not its rooms. Rooms whose event was refused do not count. */
const downRooms = 2;
/** When this many rooms failed since the last success, the target is at fault. Refused events (400, 422) count as failures here. */
const refusedRooms = 3;
/** When this many events were refused since the last accepted one, the target may be at fault. */
const refusedEvents = 3;
/** A success within this time still proves that the target works. */
const freshSuccessMs = 60_000;
/** Cap on rooms remembered as failed; more of them would change no decision and no delay. */
const mostSuspects = 16;
/** Longest wait before the next room that has not failed is tried, while other rooms fail. One request in this time does not burden the target. */
const longestFreshMs = 5_000;

export class Circuit {
  readonly #runtime: Runtime;
  readonly #records: Records;
  readonly #target: WebhookTarget;
  readonly #version: string;
  #state: CircuitState | null = null;
  /** Version of the record at the last read or write. */
  #stored = 0;
  /** Rooms that failed since the last success, with the kind of failure. */
  readonly #suspects = new Map<string, Failure['kind']>();
  /** Ids of events refused since the last success, up to `refusedEvents`. */
  readonly #refused = new Set<string>();
  /** Monotonic times at which the circuit opened and at which the last event was accepted. */
  #openedAt = 0;
  #tookAt = Number.NEGATIVE_INFINITY;
  /** Time of the last accepted event, in milliseconds since 1970. */
  #tookTime = Number.NEGATIVE_INFINITY;
  /** End of the pause that the target requested (429 or Retry-After), milliseconds since 1970. No attempt is made before it. */
  #heldUntil = 0;
  /** Time at which a room that has not failed may be tried. */
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

  /** `failed`: rooms whose last attempt failed, as stored by an earlier worker. */
  async load(failed: Iterable<string>): Promise<void> {
    this.#adopt(await readCircuit(this.#records, this.#target.id));
    if (this.closed) return;
    for (const room of failed) if (this.#suspects.size < mostSuspects) this.#suspects.set(room, 'down');
    const { retry_at = 0, held = false } = this.#state ?? {};
    this.#heldUntil = held ? retry_at : 0;
    this.#freshAt = Math.min(retry_at, this.#runtime.clock.now() + longestFreshMs);
  }

  /** Reads the state that other processes wrote. Resolves with true when an operator requested an attempt now. */
  async sync(): Promise<boolean> {
    await this.#saving;
    const read = await readCircuit(this.#records, this.#target.id);
    if (read.version === this.#stored) return false;
    if (read.version === 0) {
      // The record was empty and has expired; no process has changed it.
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

  /** Call after an event was accepted; `began` is the start of its request, by performance.now(). */
  took(began: number): void {
    this.#tookAt = performance.now();
    this.#tookTime = this.#runtime.clock.now();
    this.#refused.clear();
    this.#suspects.clear();
    if (this.#state === null || this.disabled || began < this.#openedAt) return;
    this.#state = null;
    this.#save();
    // `counted` limits these lines: when some rooms always fail and others never do, the circuit opens and closes again and again.
    this.#runtime.counted.info({ target: this.#target.id }, 'a webhook target works again', { per: this.#target.id });
  }

  /** Call after a failed attempt. */
  failed(room: string, event: string, failure: Failure, began: number): void {
    if (this.disabled) return;
    const holds = failure.kind === 'down' && failure.hold === true;
    // The target accepted another event after this request began, so this room or event is at fault.
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

  /** Call after a 410: disables the target until an operator enables it or its URL or secrets change. */
  disable(error: string): void {
    const now = this.#runtime.clock.now();
    const { failures = 0, since = now } = this.#state ?? {};
    this.#state = { state: 'disabled', failures: failures + 1, retry_at: 0, since, error, version: this.#version };
    this.#save();
    this.#runtime.log.error({ target: this.#target.id }, 'a webhook target answered 410 and is disabled');
  }

  /**
   * True when a failed event is itself at fault: the target accepted another event after `since`. While the circuit is closed, a refusal
   * (400, 422) is also the event's fault when the target accepted an event in the last minute, or has refused at most two events since its
   * last success.
   */
  blames(kind: Failure['kind'], since: number): boolean {
    if (this.#tookTime > since) return true;
    if (kind !== 'refused' || !this.closed) return false;
    return this.#refused.size < refusedEvents || this.#tookTime > this.#runtime.clock.now() - freshSuccessMs;
  }

  /** Resolves when the state was stored or storing failed. */
  async end(): Promise<void> {
    await this.#saving;
  }

  /** True when enough rooms failed to conclude that the target is at fault. */
  #isFull(): boolean {
    return this.#suspects.size >= refusedRooms || this.#down() >= downRooms;
  }

  /** Number of rooms whose last failure was not a refusal. */
  #down(): number {
    return [...this.#suspects.values()].filter((kind) => kind !== 'refused').length;
  }

  /**
   * Milliseconds until the next room that has not failed may be tried. Rooms with refused events do not count as failed here, because a target
   * that refuses still responds; 0 while fewer than `downRooms` rooms failed otherwise.
   */
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
    // Failed requests that began before the circuit opened count as one failure, together with the one that opened it.
    const together = before !== null && began < this.#openedAt;
    const failures = (before?.failures ?? 0) + (together ? 0 : 1);
    const { max_wait_ms } = this.#runtime.config.webhooks;
    const retry_at = together && asked === undefined ? before.retry_at : now + retryWaitMs(failures, max_wait_ms, asked);
    if (newRoom) this.#freshAt = now + this.#freshWaitMs();
    const held = asked !== undefined || (together && before.held === true);
    this.#state = { state: 'open', failures, retry_at, since: before?.since ?? now, error, version: this.#version, ...(held ? { held } : {}) };
    this.#save();
    if (before === null) this.#openedAt = performance.now();
    if (before === null) this.#runtime.counted.warn({ target: this.#target.id, error }, 'a webhook target is failing', { per: this.#target.id });
  }

  #adopt({ circuit, version }: ReadCircuit): void {
    this.#stored = version;
    const enabled = circuit === null || (circuit.state === 'disabled' && circuit.version !== this.#version);
    this.#state = enabled ? null : circuit;
    if (!enabled) return;
    this.#suspects.clear();
    this.#heldUntil = 0;
  }

  /** Stores the state, unless another process has changed the record meanwhile; `sync` reads such a change. */
  #save(): void {
    this.#saving = this.#saving.then(async () => {
      try {
        const written = await writeCircuit(this.#records, this.#target.id, { version: this.#stored }, this.#state);
        if (written !== null) this.#stored = written;
      } catch (error) {
        this.#runtime.caught('webhook-circuit', error, 'could not store the state of a webhook target', {
          level: 'debug',
          fields: { target: this.#target.id },
        });
      }
    });
  }
}
