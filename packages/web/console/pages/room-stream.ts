// The messages of a room, read from its history once a second, with buttons to trace, recall and mute, and to clear the room. Viewers' content
// is shown as text, never as HTML.
import { type StreamLane, streamLanes } from '@danmux/protocol';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { change, type Done, get, pathOf } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { moment } from '../figures.ts';
import { laneChip } from '../lanes.ts';
import { MessageLog, type Seen } from '../message-log.ts';
import { ask, type Question } from '../parts/dialog.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { ifMay, needs } from '../parts/needs.ts';
import { perform } from '../parts/results.ts';
import { Poll } from '../poll.ts';
import type { BulkRecallReply, HistoryPage, Message, RecallReply } from '../replies.ts';
import { linkTo } from '../route.ts';
import { serverTime } from '../server-time.ts';
import { session } from '../session.ts';
import { texts } from '../texts/texts.ts';
import { contentOf, renderContent } from './message-content.ts';
import { sanction } from './sanction-dialog.ts';

const pageSize = 50;
const maxShown = 150;

class RoomStream extends ConsoleElement {
  static override readonly properties = { room: {} };
  declare room: string;
  #log = new MessageLog();
  #lanes: ReadonlySet<string> = new Set(streamLanes);
  #frozen: readonly Seen[] | null = null;
  readonly #pages = new Poll(this, 1_000, (signal) => this.#read(signal));

  constructor() {
    super();
    this.room = '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('room') || !this.hasUpdated) return;
    this.#log = new MessageLog();
    this.#frozen = null;
    this.#pages.restart();
  }

  protected override render(): TemplateResult {
    const shown = (this.#frozen ?? this.#log.newest(this.#lanes)).slice(0, maxShown);
    return html`
      <div class="head"><h2>${texts.messages}</h2>
        <div class="toggles" role="group" aria-label=${texts.lane}>${streamLanes.map((lane) => this.#renderToggle(lane))}</div>
        <button type="button" class="quiet small" aria-pressed=${this.#frozen ? 'true' : 'false'} @click=${this.#toggleFrozen}>${this.#frozen ? texts.letRun : texts.holdStill}</button>
        ${ifMay('moderate', () => html`<button type="button" class="quiet small" data-testid="clear-room" @click=${this.#clear}>${texts.clearRoom}</button>`)}
      </div>
      ${freshness(this.#pages)}
      ${session.may('moderate') ? nothing : needs('moderate')}
      <ol class="stream ${freshClass(this.#pages)}" tabindex="0" aria-label=${texts.messages} data-testid="stream">
        ${repeat(
          shown,
          ({ msg }) => msg.lane + msg.id,
          (seen) => this.#renderMessage(seen),
        )}
      </ol>
      ${shown.length === 0 && this.#pages.value ? html`<p class="empty">${texts.nothingSaid}</p>` : nothing}
    `;
  }

  #renderToggle(lane: StreamLane): TemplateResult {
    return html`<button type="button" class="toggle" aria-pressed=${this.#lanes.has(lane) ? 'true' : 'false'} @click=${() => this.#toggle(lane)}>${laneChip(lane)}</button>`;
  }

  #renderMessage({ msg, recalled, missedBefore }: Seen): TemplateResult {
    const { id, lane, type, from, ts } = msg;
    return html`<li class="message ${recalled ? 'recalled' : ''}" data-testid="message" data-id=${id} data-lane=${lane}>
      <div class="said">${laneChip(lane)}${from ? html`<b class="from" title=${from.id}>${from.name || from.id}</b>` : nothing}
        <span class="text">${renderContent(msg)}</span>${recalled ? html`<span class="chip" data-testid="recalled">${texts.recalled}</span>` : nothing}</div>
      <div class="about"><time class="faint" datetime=${new Date(ts).toISOString()}>${moment(ts)}</time>${type === lane ? nothing : html`<code>${type}</code>`}
        <a href=${linkTo('messages', id, { room: this.room })}>${texts.traceIt}</a>
        ${ifMay('moderate', () => this.#renderActions(msg, recalled))}</div>
      ${missedBefore > 0 ? html`<p class="missed">${texts.missed(missedBefore)}</p>` : nothing}
    </li>`;
  }

  #renderActions(msg: Message, recalled: boolean): TemplateResult {
    const { from, type } = msg;
    return html`${recalled || type === 'recall' || type === 'room_state' ? nothing : html`<button type="button" class="link" data-testid="recall" @click=${() => this.#recall(msg)}>${texts.recall}</button>`}
      ${
        from
          ? html`<button type="button" class="link" data-testid="mute-sender" @click=${() => sanction('mute', from, this.room)}>${texts.mute}</button>
        <button type="button" class="link" data-testid="recall-sender" @click=${() => this.#recallSender(from)}>${texts.recallUser}</button>`
          : nothing
      }`;
  }

  async #read(signal: AbortSignal): Promise<number> {
    const log = this.#log;
    const pages = await Promise.all(streamLanes.map((lane) => get<HistoryPage>(pathOf`/v1/rooms/${this.room}/history`, { lane, limit: pageSize }, signal)));
    if (signal.aborted) return 0;
    streamLanes.forEach((lane, index) => {
      const page = pages[index];
      if (page) log.merge(lane, page, serverTime());
    });
    return pages.length;
  }

  async #recall(msg: Message): Promise<void> {
    const excerpt = contentOf(msg).slice(0, 80);
    if (
      !(await ask({ title: texts.recallTitle, text: texts.recallText(msg.from?.name ?? msg.from?.id ?? msg.type, excerpt, this.room), button: texts.recall }))
    )
      return;
    const reply = await perform(
      texts.recallDone(msg.id),
      () => this.#recallAll(msg),
      ({ found }) => (found ? '' : texts.wasNotThere),
    );
    if (reply) this.#log.recall(msg.id);
    this.#pages.again();
  }

  async #recallSender({ id, name }: NonNullable<Message['from']>): Promise<void> {
    const label = name && name !== id ? `${name} (${id})` : id;
    await this.#recallMany({ title: texts.recallUserTitle, text: texts.recallUserText(label, this.room), button: texts.recallUser }, { user: id });
  }

  readonly #clear = (): void => {
    void this.#recallMany({ title: texts.clearTitle, text: texts.clearText(this.room), button: texts.clearRoom }, { all: true });
  };

  async #recallMany(question: Question, body: object): Promise<void> {
    if (!(await ask(question))) return;
    await perform(
      texts.recalledMany(this.room),
      () => change<BulkRecallReply>('POST', pathOf`/v1/rooms/${this.room}/recall`, body),
      ({ count }) => texts.messagesRecalled(count),
    );
    this.#pages.again();
  }

  /** Recalls a message; of a combo it recalls each gift by its id. Returns the last reply; stops at the first failure. */
  async #recallAll({ id, parts = [] }: Message): Promise<Done<RecallReply>> {
    const recall = (one: string) => change<RecallReply>('DELETE', pathOf`/v1/rooms/${this.room}/messages/${one}`);
    const ids = parts.length === 0 ? [id] : parts.map((part) => part.id);
    for (const earlier of ids.slice(0, -1)) await recall(earlier);
    return recall(ids.at(-1) ?? id);
  }

  #toggle(lane: StreamLane): void {
    const lanes = new Set(this.#lanes);
    if (!lanes.delete(lane)) lanes.add(lane);
    this.#lanes = lanes;
    this.requestUpdate();
  }

  readonly #toggleFrozen = (): void => {
    this.#frozen = this.#frozen ? null : this.#log.newest(this.#lanes);
    this.requestUpdate();
  };
}
customElements.define('room-stream', RoomStream);
