// The element <danmux-chat>: a room's messages, an input field, a gift panel and the number of viewers. Messages are shown as text, never as HTML.
import { type DanmuxError, errors, type Msg, type Notice } from '@danmux/protocol';
import type { AnyRoom, ClientState } from '@danmux/sdk';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Entry } from './chat-entry.ts';
import { chatLine } from './chat-line.ts';
import { ChatSession, type ChatSessionHost } from './chat-session.ts';
import { chatStyle } from './chat-style.ts';
import { composer } from './composer.ts';
import { composerStyle } from './composer-style.ts';
import { type GiftChoice, type GiftChosen, giftsOf } from './gift-panel.ts';
import { type Linked, type LinkListener, linkProperties, RoomLink } from './room-link.ts';
import { RowList } from './row-list.ts';
import type { Token } from './shared-client.ts';
import { languageOf, type Texts, textsOf } from './texts.ts';
import { theme } from './theme.ts';
import type { TokenUser } from './token-user.ts';

/** Interval at which a countdown (slow mode, mute) is drawn again. */
const tickMs = 250;
/** Messages per second. At a higher rate the list is not announced to screen readers, because they could not keep up. */
const readOutPerSecond = 3;

/** `<danmux-chat>`: messages, an input field, a gift panel and the number of viewers of a room. */
export class DanmuxChatElement extends LitElement implements Linked, LinkListener, ChatSessionHost {
  static override readonly styles = [theme, chatStyle, composerStyle];
  static override readonly properties = {
    ...linkProperties,
    gifts: { type: Array },
    giftCounts: { type: Array, attribute: 'gift-counts' },
    max: { type: Number },
    maxLength: { type: Number, attribute: 'max-length' },
    exemptRoles: { type: Array, attribute: 'exempt-roles' },
    readOnly: { type: Boolean, attribute: 'read-only' },
    lang: { type: String },
  };

  declare url: string | undefined;
  declare gateway: string | undefined;
  declare room: AnyRoom | string | undefined;
  declare token: Token | undefined;
  declare userId: string | undefined;
  declare gifts: readonly GiftChoice[];
  declare giftCounts: readonly number[];
  declare max: number;
  declare maxLength: number;
  declare exemptRoles: readonly string[];
  declare readOnly: boolean;

  readonly #link: RoomLink;
  readonly #session: ChatSession;
  readonly #list: RowList<Entry>;
  #state: ClientState = 'connecting';
  #texts: Texts = textsOf('en');
  #language = 'en';
  #length = 0;
  #giftsOpen = false;
  #giftCount = 1;
  #readUpTo = 0;
  #calm = true;
  #counted = { at: 0, added: 0 };
  #frame: number | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.gifts = [];
    this.giftCounts = [1, 10, 66];
    this.max = 20_000;
    this.maxLength = 200;
    this.readOnly = false;
    this.#session = new ChatSession(this.max, this);
    this.exemptRoles = this.#session.rules.exemptRoles;
    this.#list = new RowList(this, () => this.#session.log.entries);
    this.#link = new RoomLink(this, this);
  }

  /** The lines of the list, oldest first, at most `max`. */
  get entries(): readonly Entry[] {
    return this.#session.log.entries;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  linked(room: AnyRoom): (() => void)[] {
    return this.#session.listen(room);
  }

  state(state: ClientState): void {
    this.#state = state;
    this.requestUpdate();
  }

  failed(error: DanmuxError): void {
    this.#session.failed(error);
  }

  personal(msg: Msg): void {
    this.#session.message(msg);
  }

  noticed(notice: Notice): void {
    this.#session.notice(notice);
  }

  /** Shows a text below the list, only to this viewer, until the viewer types: for example, the reason why a gift could not be bought. */
  say(text: string): void {
    this.#session.say(text);
  }

  get texts(): Texts {
    return this.#texts;
  }

  get user(): TokenUser | undefined {
    return this.#link.user;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('max')) this.#session.log.max = this.max;
    this.#language = languageOf(this) || 'en';
    this.#texts = textsOf(this.#language);
    this.#session.rules.exemptRoles = this.exemptRoles;
    this.#session.rules.user = this.#link.user;
    this.#session.rules.guest = this.#link.guest;
    if (this.#list.following) this.#readUpTo = this.#session.log.added;
    this.#count(performance.now());
  }

  protected override render(): TemplateResult {
    return html`${this.#head()}${this.#latestGift()}
      <div class="body">${this.#lines()}${this.#recent()}</div>
      ${this.readOnly ? nothing : this.#composer()}`;
  }

  protected override updated(): void {
    const counting = this.#session.rules.verdict(this.#session.now(), 'online').until !== undefined;
    if (counting) this.#ticker ??= setInterval(() => this.requestUpdate(), tickMs);
    else {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }
  }

  #count(at: number): void {
    const seconds = (at - this.#counted.at) / 1_000;
    if (seconds < 1) return;
    this.#calm = this.#session.log.added - this.#counted.added <= readOutPerSecond * seconds;
    this.#counted = { at, added: this.#session.log.added };
  }

  #head(): TemplateResult {
    const texts = this.#texts;
    const label = this.#state === 'online' ? texts.connected : texts[this.#state];
    return html`<div class="head" part="header">
      <span class="state" part="state" data-testid="state" data-state=${this.#state} role="status">${label}</span>
      <slot name="header"></slot>
      <span class="online" part="online"><b data-testid="online">${this.#session.online === undefined ? '–' : this.#session.online.toLocaleString(this.#language)}</b> ${texts.online}</span>
    </div>`;
  }

  #latestGift(): TemplateResult | typeof nothing {
    const latest = this.#session.latest;
    if (!latest) return nothing;
    return html`<div class="latest" part="latest-gift" data-testid="latest-gift" data-id=${latest.id ?? ''}>${chatLine(latest, this.#lineView())}</div>`;
  }

  #lines(): TemplateResult {
    const rows = this.#session.log.entries;
    const { first, end } = this.#list.draw();
    const view = this.#lineView();
    // Screen readers must announce neither rows that appear by scrolling nor messages that arrive faster than speech.
    return html`<div class="scroller" part="list" data-testid="chat-list" role="log" tabindex="0" aria-label=${this.#texts.messages}
      aria-live=${this.#list.following && this.#calm ? 'polite' : 'off'} @scroll=${this.#list.onScroll}>
      <div class="space"><ol role="list">
        ${repeat(
          rows.slice(first, end),
          ({ key }) => key,
          (
            entry,
            index,
          ) => html`<li class="${entry.kind} ${entry.own ? 'own' : ''} ${entry.state}" part="line line-${entry.kind} ${entry.own ? 'line-own' : ''}" data-id=${entry.id ?? ''}
            aria-setsize=${rows.length} aria-posinset=${first + index + 1}>${chatLine(entry, view)}</li>`,
        )}
      </ol></div>
    </div>`;
  }

  #recent(): TemplateResult | typeof nothing {
    const count = this.#session.log.added - this.#readUpTo;
    if (this.#list.following || count <= 0) return nothing;
    return html`<button type="button" class="recent" part="recent" data-testid="recent" @click=${() => this.#list.follow()}>${this.#texts.recent(count)} ↓</button>`;
  }

  #composer(): TemplateResult {
    const now = this.#session.now();
    return composer({
      texts: this.#texts,
      language: this.#language,
      now,
      verdict: this.#session.rules.verdict(now, this.#state),
      hint: this.#session.hint || this.#modesHint(),
      maxLength: this.maxLength,
      length: this.#length,
      gifts: giftsOf(this.gifts),
      counts: this.giftCounts,
      count: this.#giftCount,
      giftsOpen: this.#giftsOpen,
      onInput: (event) => this.#typed((event.target as HTMLInputElement).value.length),
      onSubmit: (event) => this.#submit(event),
      onToggleGifts: () => this.#toggleGifts(),
      onKey: (event) => this.#giftsOpen && event.key === 'Escape' && this.#closeGifts(),
      onCount: (count) => {
        this.#giftCount = count;
        this.requestUpdate();
      },
      onChoose: (gift) => this.#choose(gift),
    });
  }

  #modesHint(): string {
    const { slow_ms, members_only } = this.#session.rules.modes;
    if (members_only) return this.#texts.membersOnly;
    return slow_ms ? this.#texts.slowMode(Math.ceil(slow_ms / 1_000)) : '';
  }

  #lineView() {
    return { texts: this.#texts, onRetry: (entry: Entry) => this.#retry(entry), onDiscard: (entry: Entry) => this.#session.log.discard(entry) };
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const input = this.renderRoot.querySelector<HTMLInputElement>('.text-field');
    const text = input?.value.trim();
    const room = this.#link.room;
    if (!input || !text || !room || this.#session.rules.verdict(this.#session.now(), 'online').obstacle) return;
    input.value = '';
    this.#typed(0);
    this.#list.follow();
    this.#sendTo(room, 'chat', { text });
  }

  #retry({ type, data, cid }: Entry): void {
    const room = this.#link.room;
    if (room && type !== undefined && cid !== undefined) this.#sendTo(room, type, data, cid);
  }

  #sendTo(room: AnyRoom, type: string, data: unknown, cid?: string): void {
    // Only a missing or invalid token is shown here: the event `unsent` has already marked the line as failed.
    room.send(type, data, cid === undefined ? {} : { cid }).catch((error: DanmuxError) => {
      if (errors[error.code].status === 401) this.failed(error);
    });
  }

  #typed(length: number): void {
    this.#length = length;
    if (length > 0) this.#session.hint = '';
    this.requestUpdate();
  }

  #toggleGifts(): void {
    this.#giftsOpen = !this.#giftsOpen;
    this.requestUpdate();
  }

  #closeGifts(): void {
    this.#toggleGifts();
    this.renderRoot.querySelector<HTMLElement>('.gift-toggle')?.focus();
  }

  #choose(gift: GiftChoice): void {
    const room = this.#link.room?.name ?? '';
    const detail: GiftChosen = { gift, count: this.#giftCount, room };
    this.dispatchEvent(new CustomEvent('gift', { detail, bubbles: true, composed: true }));
  }

  /** Updates at most once per animation frame, however many messages arrive; a hidden page has no frames and does no work. */
  changed(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.requestUpdate();
    });
  }
}
