// Events that could not be delivered: listed newest first, replayed or removed by operators. The list holds at most `webhooks.dead_letters`
// events; past it the oldest are dropped.
import type { Logs } from '@danmux/bus';
import type { WebhookEvent } from '@danmux/protocol';
import { parseJson, toJson } from '@danmux/runtime';

/** An event that was given up for one target. */
export interface DeadLetter {
  readonly target: string;
  readonly event: WebhookEvent;
  /** The event's body exactly as it was sent. */
  readonly text: string;
  /** Error of the last attempt. */
  readonly error: string;
  readonly attempts: number;
  /** Time of the last attempt, milliseconds since 1970. */
  readonly at: number;
}

/** A dead letter with its position in the list. */
export interface ListedDeadLetter extends DeadLetter {
  readonly entry: string;
}

const log = 'webhooks:dead';

/** The dead letters of all targets, in one log. Over its cap the oldest are lost. */
export class DeadLetters {
  readonly #logs: Logs;
  readonly #cap: number;

  constructor(logs: Logs, cap: number) {
    this.#logs = logs;
    this.#cap = cap;
  }

  async add({ target, text, error, attempts, at }: Omit<DeadLetter, 'event'>): Promise<void> {
    await this.#logs.append(log, [toJson({ target, text, error, attempts, at })], this.#cap);
  }

  async page(cursor: string | undefined, limit: number): Promise<{ readonly letters: readonly ListedDeadLetter[]; readonly cursor: string | null }> {
    const page = await this.#logs.page(log, cursor, limit);
    return { letters: page.entries.map(listed), cursor: page.cursor };
  }

  async find(entry: string): Promise<ListedDeadLetter | null> {
    const found = await this.#logs.find(log, entry);
    return found && listed(found);
  }

  /** False when the dead letter does not exist or was removed. */
  async remove(entry: string): Promise<boolean> {
    return (await this.#logs.remove(log, [entry])) > 0;
  }
}

function listed({ entry, text }: { readonly entry: string; readonly text: string }): ListedDeadLetter {
  const letter = JSON.parse(text) as Omit<DeadLetter, 'event'>;
  return { entry, ...letter, event: parseJson(letter.text) as WebhookEvent };
}
