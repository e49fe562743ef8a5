// Accepts messages that only their sender sees: shadowed messages for good, held messages until a moderator decides. Stores held messages
// in Redis up to `moderation.review_cap`. A retried request gets the same id: on every edge for a held message, on this edge alone for a
// shadowed one.
import { type Bus, dedupeMs, identified, numberedMessage, type Publication } from '@danmux/bus';
import { FollowedRecords, ruleRecords } from '@danmux/policy';
import { DanmuxError, type HeldMessage, type SendReply } from '@danmux/protocol';
import { BoundedMap, type Part, type Runtime, toJson } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';
import type { Viewer } from '../viewer/viewer.ts';
import type { Verdict } from './filter/filter.ts';
import { HeldRequests } from './held-requests.ts';

export interface SenderOutput {
  /** Writes a message to its sender's sessions in the room. */
  toSender(room: string, user: string, message: string): void;
}

/** Cap of cached replies. A retry of a request whose reply is cached gets this reply and makes no second message. */
const remembered = 10_000;

export class HiddenMessages implements Part {
  readonly name = 'hidden-messages';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #events: EventWriter;
  readonly #output: SenderOutput;
  readonly #requests: HeldRequests;
  /** Messages that wait for review, without their content: only their number is needed. */
  readonly #reviews: FollowedRecords<null>;
  /**
   * Ids of messages that this edge stored and `#reviews` does not list yet. Each counts as waiting until `#reviews` lists it or until the time in the
   * map. The time limit is needed because a message that a moderator decides before the record is read again is never listed.
   */
  readonly #storing = new Map<string, number>();
  readonly #answered = new BoundedMap<string, { readonly until: number; readonly answer: Promise<SendReply> }>(remembered);
  #following: Promise<void> | undefined;

  constructor(runtime: Runtime, bus: Bus, output: SenderOutput) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#events = new EventWriter(runtime, bus);
    this.#output = output;
    this.#requests = new HeldRequests(runtime, bus);
    this.#reviews = new FollowedRecords(runtime, bus, { read: () => null, compared: () => '', changed: (_record, id) => this.#storing.delete(id) });
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#reviews.stop();
  }

  accept(viewer: Viewer, publication: Publication, type: string, verdict: Exclude<Verdict, { action: 'pass' }>): Promise<SendReply> {
    const key = `${publication.room}\n${publication.dedupeKey}`;
    const now = this.#runtime.clock.now();
    const known = this.#answered.get(key);
    if (known && known.until > now) return known.answer;
    const answer = this.#hide(viewer, publication, type, verdict);
    this.#answered.delete(key);
    this.#answered.set(key, { until: now + dedupeMs(publication.lane, this.#runtime.config), answer });
    answer.catch(() => this.#answered.delete(key));
    this.#answered.deleteOldestWhile(({ until }) => until <= now);
    return answer;
  }

  async #hide(viewer: Viewer, publication: Publication, type: string, verdict: Exclude<Verdict, { action: 'pass' }>): Promise<SendReply> {
    if (verdict.action === 'shadow') {
      this.#output.toSender(publication.room, viewer.id, numberedMessage(publication, undefined));
      return { id: publication.id };
    }
    const held = identified(publication, await this.#requests.idOf(publication));
    const { id, room } = held;
    const message = { id, room, type, data: verdict.data, from: viewer.from, at: this.#runtime.clock.now(), reason: verdict.reason };
    await this.#requests.once(held, () => this.#store(message));
    // This also runs for a retry of a request that another edge held first: the viewer is now connected to this edge and must see its message.
    this.#output.toSender(room, viewer.id, numberedMessage(held, undefined));
    return { id, held: true };
  }

  async #store(message: HeldMessage): Promise<void> {
    const { review_ttl_ms, review_cap } = this.#runtime.config.moderation;
    if ((await this.#waiting()) >= review_cap) throw new DanmuxError('review_full');
    const field = { value: toJson(message), until: message.at + review_ttl_ms };
    this.#storing.set(message.id, message.at + this.#runtime.config.cluster.recheck_ms);
    try {
      await this.#bus.records.set(ruleRecords.reviews, new Map([[message.id, field]]));
    } catch (error) {
      this.#storing.delete(message.id);
      throw error;
    }
    await this.#events.emit(message.room, 'moderation.held', message, `held-${message.id}`).catch((error: unknown) => {
      this.#runtime.caught('hidden-messages', error, 'could not queue the webhook event of a held message', { fields: { id: message.id } });
    });
  }

  /** Number of messages that wait for review. Reads the record when the first message is held, then follows its changes. */
  async #waiting(): Promise<number> {
    this.#following ??= this.#reviews.hold(ruleRecords.reviews).catch((error: unknown) => {
      this.#following = undefined;
      throw error;
    });
    await this.#following;
    const now = this.#runtime.clock.now();
    for (const [id, until] of this.#storing) if (until <= now) this.#storing.delete(id);
    return this.#reviews.count(ruleRecords.reviews) + this.#storing.size;
  }
}
