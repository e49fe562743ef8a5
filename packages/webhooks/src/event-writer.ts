// What happened in rooms, written into the event log for the webhooks: the one place that decides whether anybody wants it. While
// no target is configured nothing is written and nothing costs. It delivers nothing; the worker does.
import type { Bus } from '@danmux/bus';
import type { WebhookEvent, WebhookEventName } from '@danmux/protocol';
import { type Config, newId, type Runtime, toJson } from '@danmux/runtime';

/** The room of an event that is of all rooms: a mute everywhere. */
export const everyRoom = '*';

export function webhooksWanted({ webhooks }: Pick<Config, 'webhooks'>): boolean {
  return webhooks.url !== '' || webhooks.targets.length > 0;
}

export class EventWriter {
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'events'>;
  readonly wanted: boolean;

  constructor(runtime: Runtime, bus: Pick<Bus, 'events'>) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.wanted = webhooksWanted(runtime.config);
  }

  /** Resolves when it is stored, or at once when nobody wants it. The same `id` twice is one event to its receivers. */
  async emit(room: string, type: WebhookEventName, data: unknown, id?: string): Promise<void> {
    if (this.wanted) await this.#bus.events.emit(room, [this.text(room, type, data, id)]);
  }

  /** The text of an event, for who writes it together with something else. */
  text(room: string, type: WebhookEventName, data: unknown, id?: string): string {
    const ts = this.#runtime.clock.now();
    const event: WebhookEvent = { id: id ?? newId(ts), type, room, ts, data };
    return toJson(event);
  }
}
