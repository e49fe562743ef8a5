// Delivers events to one target: several rooms concurrently, one request of a room at a time, in order. A refused event or a slow room delays
// only that room; while the target itself fails, its events wait in the log. One worker at a time delivers to a target, under the lease of
// its slice.
import { type LoggedEvent, userRooms } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import type { DeadLetters } from '../dead-letters.ts';
import { type WebhookTarget, wantsEvent } from '../targets.ts';
import type { Circuit, Failure } from './circuit.ts';
import type { EventDelivery } from './deliveries.ts';
import type { EventLosses } from './event-losses.ts';
import type { LogWindow, ReadEvent } from './log-window.ts';
import type { RequestSlots } from './request-slots.ts';
import { retryWaitMs } from './retry-wait.ts';
import type { RoomBacklog } from './room-backlog.ts';
import { TargetRooms } from './target-rooms.ts';
import type { WebhookClient } from './webhook-client.ts';

export interface DeliveryParts {
  readonly runtime: Runtime;
  readonly window: LogWindow;
  readonly client: WebhookClient;
  readonly letters: DeadLetters;
  readonly slots: RequestSlots;
  readonly losses: EventLosses;
}

/** Stores the positions of a target. */
export interface DeliveryPlaces {
  changed(shard: number): void;
  /** Resolves when the shard's current position is stored; false when another worker delivers to this target. */
  stored(shard: number): Promise<boolean>;
}

/** Cap on the rooms of a target with pending events. At the cap, no further events are read until a room has no pending events left. */
const mostRooms = 1_000;
/** Cap on rooms in memory that are ready for an attempt; small while the target fails. */
const readyRooms = { closed: 256, open: 4 } as const;
const eventsTogether = 100;
/** Attempts before an event becomes a dead letter, when a working target refuses it or answers 401, 403, 404, 405 or 407 (`missing`). */
const triesOf = { refused: 3, missing: 6 } as const;
const storeAgainMs = 500;
/** Longest wait for requests in flight when the worker stops. */
const longestEndMs = 3_000;

export class TargetDelivery {
  readonly target: WebhookTarget;
  readonly circuit: Circuit;
  readonly rooms: TargetRooms;
  readonly #parts: DeliveryParts;
  readonly #places: DeliveryPlaces;
  readonly #mostCharacters: number;
  /** Shards whose log may have events after the front of this target. */
  readonly #news = new Set<number>();
  readonly #sending = new Set<Promise<void>>();
  #pulling: Promise<void> | undefined;
  #wasDisabled = false;
  #ended = false;

  constructor(parts: DeliveryParts, target: WebhookTarget, circuit: Circuit, places: DeliveryPlaces, mostCharacters: number) {
    this.#parts = parts;
    this.target = target;
    this.circuit = circuit;
    this.#places = places;
    this.#mostCharacters = mostCharacters;
    this.rooms = new TargetRooms(parts.runtime.config.shards);
  }

  /** True while events are known to be pending. */
  get isBusy(): boolean {
    return this.rooms.count > 0 || this.#news.size > 0;
  }

  /** Call when these shards may have new events. */
  ring(shards: Iterable<number>): void {
    if (this.#ended) return;
    for (const shard of shards) this.#news.add(shard);
    this.go();
  }

  /** Starts the requests that may be sent now, and reads more events. */
  go(): void {
    if (this.#ended) return;
    this.rooms.wake(this.#now());
    while (this.#begin());
    if (!this.#pulling && this.#news.size > 0 && this.#wantsMore()) {
      this.#pulling = this.#pull().finally(() => {
        this.#pulling = undefined;
      });
    }
  }

  /** Reads state changes that an operator made, and counts undelivered events that the log dropped. */
  async look(first: (shard: number) => Promise<LoggedEvent | undefined>): Promise<void> {
    if (!this.circuit.closed || this.rooms.waiting.size > 0) {
      if (await this.circuit.sync()) this.rooms.hasten();
    }
    if (!this.circuit.disabled) for (const shard of this.#news) this.#count(shard, (await first(shard))?.number);
    if (this.#wasDisabled !== this.circuit.disabled) this.#needChanged();
    this.go();
  }

  /** Marks all shards as changed after the target was enabled or disabled: the slice keeps only the log entries that its enabled targets need. */
  #needChanged(): void {
    this.#wasDisabled = this.circuit.disabled;
    for (let shard = 0; shard < this.#parts.runtime.config.shards; shard++) this.#places.changed(shard);
  }

  /** Resolves when no request is in flight, or after a time limit. Requests still in flight then are sent again later, with the same id. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#pulling;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, longestEndMs);
    });
    await Promise.race([Promise.all(this.#sending), late]);
    clearTimeout(timer);
    await this.circuit.end();
  }

  /** Starts the next request. Returns false when none may be started now. */
  #begin(): boolean {
    const line = this.#next();
    if (!line || !this.#parts.slots.take(() => this.go())) return false;
    this.rooms.ready.delete(line);
    this.rooms.waiting.delete(line);
    line.isSending = true;
    const sending: Promise<void> = this.#send(line)
      .catch((error: unknown) => {
        // The store is unreachable; the room is tried again later.
        this.#parts.runtime.caught('webhooks', error, 'webhook delivery waits for the store', { level: 'debug', fields: { target: this.target.id } });
        line.retryAt = this.#now() + storeAgainMs;
      })
      .finally(() => {
        this.#sending.delete(sending);
        this.#parts.slots.release();
        this.rooms.settle(line, this.#now());
        this.go();
      });
    this.#sending.add(sending);
    return true;
  }

  #next(): RoomBacklog | undefined {
    const admission = this.circuit.admission();
    if (admission === 'none' || this.#sending.size >= (admission === 'all' ? this.#parts.slots.ofTarget : 1)) return undefined;
    if (admission === 'all') return this.rooms.ready.values().next().value;
    for (const line of this.rooms.ready) if (line.attempts === 0) return line;
    if (admission === 'fresh') return undefined;
    const all = [...this.rooms.ready, ...this.rooms.waiting];
    return all.reduce<RoomBacklog | undefined>((least, line) => (least && least.attempts <= line.attempts ? least : line), undefined);
  }

  async #send(line: RoomBacklog): Promise<void> {
    if (line.ready.length === 0 && line.isBehind) await this.#refill(line);
    const delivery = line.next();
    if (!delivery || this.#ended) return;
    // Stored before the first attempt, so that every retry, also by another worker, sends the same events with the same id.
    if (!line.planIsStored && !(await this.#places.stored(line.shard))) {
      line.retryAt = this.#now() + storeAgainMs;
      return;
    }
    line.planIsStored = true;
    if (this.#ended) return;
    const began = performance.now();
    const outcome = await this.#parts.client.post(this.target, delivery);
    if (outcome.kind === 'delivered') {
      this.circuit.took(began);
      line.pass(delivery);
    } else if (outcome.kind === 'gone') {
      this.circuit.disable(outcome.error);
      line.park();
      this.rooms.giveUpCounting();
    } else await this.#failed(line, delivery, outcome, began);
    this.#places.changed(line.shard);
  }

  async #failed(line: RoomBacklog, delivery: EventDelivery, failure: Failure, began: number): Promise<void> {
    const now = this.#now();
    line.attempts++;
    if (failure.kind !== 'down') line.refused++;
    line.since ||= now;
    this.circuit.failed(line.room, delivery.id, failure, began);
    if (this.#isGivenUp(line, delivery, failure.kind)) {
      await this.#bury(line, delivery, failure.error);
      line.pass(delivery);
      return;
    }
    const asked = failure.kind === 'down' ? failure.retryAfterMs : undefined;
    line.retryAt = now + retryWaitMs(line.attempts, this.#parts.runtime.config.webhooks.max_wait_ms, asked);
    line.park();
    if (!this.circuit.closed) this.rooms.park();
  }

  /** True when a faulty event was tried often enough, or when the event or its target has failed for too long. */
  #isGivenUp({ refused, since }: RoomBacklog, { ts }: EventDelivery, kind: Failure['kind']): boolean {
    const before = this.#now() - this.#parts.runtime.config.webhooks.retry_for_ms;
    if (since <= before || (ts <= before && this.circuit.since <= before)) return true;
    return kind !== 'down' && refused >= triesOf[kind] && this.circuit.blames(kind, since);
  }

  async #bury({ attempts, room }: RoomBacklog, { id, text }: EventDelivery, error: string): Promise<void> {
    const { letters, runtime } = this.#parts;
    await letters.add({ target: this.target.id, text, error, attempts, at: this.#now() });
    runtime.metrics.webhooksDead.inc({ target: this.target.id });
    runtime.counted.warn({ target: this.target.id, event: id, room, error }, 'a webhook event became a dead letter', { per: this.target.id });
  }

  /** Reads the events of a room that were left in the log. */
  async #refill(line: RoomBacklog): Promise<void> {
    let from = line.after;
    let end: string | undefined;
    while (line.isBehind && !line.isFull) {
      const events = await this.#parts.window.after(line.shard, from);
      const { entry: front } = this.rooms.front(line.shard);
      // An empty read ends the search only when the front is at `from` or has not moved since the previous read. Otherwise events may have been
      // appended after the read.
      if (events.length === 0) line.isBehind = front !== from && front !== end;
      end = front;
      for (const event of events) {
        if (line.isFull) break;
        if (!this.rooms.isBeforeFront(line.shard, event.entry)) {
          line.isBehind = false;
          break;
        }
        from = event.entry;
        if (event.room === line.room && this.#wants(event)) line.hold(event);
        else if (line.ready.length === 0) line.after = event.entry;
      }
    }
    if (line.isBehind) return;
    // Events that were counted but are no longer in the log were removed by the log's cap.
    this.#lose(line.shard, line.count - line.ready.length);
    line.count = line.ready.length;
  }

  #wantsMore(): boolean {
    const { closed, disabled } = this.circuit;
    if (disabled || this.rooms.count >= mostRooms) return false;
    if (closed) return this.rooms.ready.size < readyRooms.closed && this.rooms.characters < this.#mostCharacters;
    let fresh = 0;
    for (const line of this.rooms.ready) if (line.attempts === 0 && ++fresh >= readyRooms.open) return false;
    return true;
  }

  async #pull(): Promise<void> {
    try {
      for (const shard of [...this.#news]) {
        while (!this.#ended && this.#wantsMore()) {
          this.#news.delete(shard);
          const events = await this.#parts.window.after(shard, this.rooms.front(shard).entry).catch((error: unknown) => {
            this.#news.add(shard);
            throw error;
          });
          if (this.#ended || events.length === 0) break;
          this.#news.add(shard);
          this.#take(shard, events);
        }
        if (this.#ended || !this.#wantsMore()) break;
      }
    } catch (error) {
      this.#parts.runtime.caught('webhooks', error, 'webhook delivery waits for the store', { level: 'debug', fields: { target: this.target.id } });
    }
  }

  #take(shard: number, events: readonly ReadEvent[]): void {
    this.#count(shard, events[0]?.number);
    for (const event of events.slice(0, this.circuit.closed ? eventsTogether : readyRooms.open)) this.rooms.take(shard, event, this.#wants(event));
    this.#places.changed(shard);
    while (this.#begin());
  }

  #wants(event: ReadEvent): boolean {
    // Messages to single users are not sent to webhooks.
    return event.room !== '' && !userRooms.includes(event.room) && wantsEvent(this.target, event);
  }

  /** Counts the events missing between the front and the next event of the log as lost: events of all types, because they can no longer be read. */
  #count(shard: number, next: number | undefined): void {
    if (next === undefined) return;
    const hole = this.rooms.holeBefore(shard, next);
    if (hole === 0) return;
    this.rooms.skipHole(shard, next);
    if (!this.#wasDisabled) this.#lose(shard, hole);
  }

  #lose(shard: number, count: number): void {
    if (count <= 0) return;
    this.rooms.lose(shard, count);
    this.#parts.losses.lost(this.target.id, count);
    this.#places.changed(shard);
  }

  #now(): number {
    return this.#parts.runtime.clock.now();
  }
}
