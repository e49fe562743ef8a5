// Writes room events to the event log, from which a worker delivers them to webhook targets. Events that no target wants are not written.
import type { Bus } from '@danmux/bus';
import type { WebhookEvent, WebhookEventName } from '@danmux/protocol';
import { newId, type Runtime, toJson } from '@danmux/runtime';
import { wanted } from './targets.ts';

/** Writes events to the event log when a webhook target wants them. */
export class EventWriter {
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'events'>;

  constructor(runtime: Runtime, bus: Pick<Bus, 'events'>) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** Whether an event of this name would be written; check it before doing work only for the event. */
  wants(name: WebhookEventName): boolean {
    return wanted(this.#runtime.config, name);
  }

  /** Resolves when the event is stored, or immediately when no target wants it. Receivers drop a second event with the same `id`. */
  async emit(room: string, type: WebhookEventName, data: unknown, id?: string): Promise<void> {
    if (this.wants(type)) await this.#bus.events.emit(room, [this.text(room, type, data, id)]);
  }

  /** Returns the text that the log stores for the event, for callers that write it together with other data. */
  text(room: string, type: WebhookEventName, data: unknown, id?: string): string {
    const ts = this.#runtime.clock.now();
    const event: WebhookEvent = { id: id ?? newId(ts), type, room, ts, data };
    return toJson(event);
  }
}
