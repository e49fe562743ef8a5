// Messages that their sender sees and the others do not: those in the shadow for ever, those that are held until a moderator decides.
// It keeps what is held in the store, within a cap, and answers the same request with the same id: of what is held on every edge, of
// what is in the shadow on this one.
import { type Bus, dedupeMs, identified, numberedMessage, type Publication } from '@danmux/bus';
import { FollowedRecords, ruleRecords } from '@danmux/policy';
import { DanmuxError, type HeldMessage, type SendReply } from '@danmux/protocol';
import { type Part, type Runtime, toJson } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';
import type { Viewer } from '../viewer/viewer.ts';
import type { Verdict } from './filter/filter.ts';
import { HeldRequests } from './held-requests.ts';

export interface SenderOutput {
  /** Writes a message to its sender's sessions in the room. */
  toSender(room: string, user: string, message: string): void;
}

/** Answers remembered, so that a request that is made again is not a second message. */
const remembered = 10_000;

export class HiddenMessages implements Part {
  readonly name = 'hidden-messages';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #events: EventWriter;
  readonly #output: SenderOutput;
  readonly #requests: HeldRequests;
  /** What waits for review, without what it says. */
  readonly #reviews: FollowedRecords<null>;
  /**
   * Ids of this edge that the followed record does not show yet, with the time by which it does at the latest. A message that was decided
   * before the record was read never shows.
   */
  readonly #storing = new Map<string, number>();
  readonly #answered = new Map<string, { readonly until: number; readonly answer: Promise<SendReply> }>();
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
    for (const [oldest, { until }] of this.#answered) {
      if (until > now && this.#answered.size <= remembered) break;
      this.#answered.delete(oldest);
    }
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
    // Of a request that was made on another edge too: its viewer has come from there.
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
      this.#runtime.caught('hidden-messages', error, 'webhooks are not told of a held message', { fields: { id: message.id } });
    });
  }

  /** Read once, when the first message is held, and followed from then on. */
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
