// Which request became which held message, over all edges and for as long as a request made twice is one message: whoever holds it first
// gives it its id, and it is put into the review queue once, however soon a moderator decides about it. It knows no review.
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

  /** The id of the request's message: this publication's own, or that of the edge that was first. */
  async idOf(publication: Publication): Promise<string> {
    const { id, room, dedupeKey = id } = publication;
    const key = `held-as ${room} ${dedupeKey}`;
    // An answer is kept unless another has the key: the first one names it, and all read that name.
    await this.#bus.claims.finish(key, '', id, id, this.#windowMs(publication));
    const named = await this.#bus.claims.begin(key, '', id);
    return named.state === 'done' ? named.answer : id;
  }

  /** Runs `store` unless it was run for this id. One that failed may be run again; while it runs elsewhere this is `unavailable`. */
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
      this.#runtime.caught('held-requests', error, 'could not give up the claim of a held message; it ends by itself', { level: 'debug' });
    });
  }

  #windowMs({ lane }: Publication): number {
    return dedupeMs(lane, this.#runtime.config);
  }
}
