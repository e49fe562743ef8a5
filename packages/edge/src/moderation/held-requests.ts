// Deduplicates held messages across edges for the length of the dedupe window: the first edge to hold a request chooses the message id,
// and the message enters the review queue once, even if a moderator decides before a retry arrives. This class does not read the queue.
import { type Bus, dedupeMs, type Publication, runOnce } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import { newId, type Runtime } from '@danmux/runtime';

export class HeldRequests {
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'claims'>;

  constructor(runtime: Runtime, bus: Pick<Bus, 'claims'>) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** Id of the held message: the publication's id, or the id chosen by the edge that held the same request first. */
  async idOf(publication: Publication): Promise<string> {
    const { id, room, dedupeKey = id } = publication;
    const key = `held-as ${room} ${dedupeKey}`;
    // `finish` stores the id unless the key already has one; `begin` then returns the stored id to every edge.
    await this.#bus.claims.finish(key, '', id, id, this.#windowMs(publication));
    const named = await this.#bus.claims.begin(key, '', id);
    return named.state === 'done' ? named.answer : id;
  }

  /** Runs `store` once per message id. A failed run may be repeated; while another call runs it, this rejects with `unavailable`. */
  async once(publication: Publication, store: () => Promise<void>): Promise<void> {
    const claim = { key: `held ${publication.room} ${publication.id}`, body: '', id: newId(this.#runtime.clock.now()) };
    const options = { keepMs: this.#windowMs(publication), giveUp: (key: string, id: string) => this.#giveUp(key, id) };
    const { state } = await runOnce(this.#bus.claims, claim, options, async () => {
      await store();
      return '';
    });
    if (state !== 'done') throw new DanmuxError('unavailable', { retryAfterMs: 1_000 });
  }

  async #giveUp(key: string, claim: string): Promise<void> {
    await this.#bus.claims.forget(key, claim).catch((error: unknown) => {
      this.#runtime.caught('held-requests', error, 'could not release the claim of a held message; it expires with the dedupe window', { level: 'debug' });
    });
  }

  #windowMs({ lane }: Publication): number {
    return dedupeMs(lane, this.#runtime.config);
  }
}
