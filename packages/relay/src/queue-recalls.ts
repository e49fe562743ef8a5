// The recalls of one room that a relay knows: single ids, and bulk recalls of a user or of the whole room. Decides which queued messages are not
// sent any more. It removes nothing from history.
import { acceptedAt, type Pending, type Recalled, senderOf } from '@danmux/bus';
import { lanes } from '@danmux/protocol';
import { BoundedMap } from '@danmux/runtime';

/** Maximum number of recalled ids per room; the oldest is dropped first. */
const idsKept = 10_000;
/** Maximum number of bulk recalls per room; the oldest is dropped first. */
const bulkKept = 1_000;

/** True for a recall. It is always sent: viewers may have the recalled message. */
export function isRecall({ marks }: Pending): boolean {
  return marks?.recalls !== undefined || marks?.recall_of !== undefined;
}

export class QueueRecalls {
  readonly #ids = new BoundedMap<string, true>(idsKept);
  /** Bulk recalls: the user, or undefined for everyone, and the time until which accepted messages are recalled, milliseconds since 1970. */
  readonly #bulk = new BoundedMap<string | undefined, number>(bulkKept);
  #latest = 0;

  add({ ids, bulk }: Recalled): void {
    for (const id of ids) this.#ids.set(id, true);
    for (const { scope, at } of bulk) {
      const user = 'user' in scope ? scope.user : undefined;
      this.#bulk.set(user, Math.max(at, this.#bulk.get(user) ?? 0));
      this.#latest = Math.max(this.#latest, at);
    }
  }

  /** Adds what this publication recalls, if it recalls anything. */
  note(publication: Pending): void {
    const { recalls, recall_of: scope } = publication.marks ?? {};
    if (recalls !== undefined) this.add({ ids: [recalls], bulk: [] });
    if (scope) this.add({ ids: [], bulk: [{ scope, at: acceptedAt(publication) }] });
  }

  covers(publication: Pending): boolean {
    return this.#ids.has(publication.id) || this.#coversAll(publication);
  }

  #coversAll(publication: Pending): boolean {
    const at = acceptedAt(publication);
    if (at > this.#latest) return false;
    const { lane, weight, body } = publication;
    if (lanes[lane].cleared && at <= (this.#bulk.get(undefined) ?? 0)) return true;
    const sender = weight?.sender || senderOf(body);
    return sender !== undefined && at <= (this.#bulk.get(sender) ?? 0);
  }
}
