// <danmux-chat>: a room's messages, a field to send one, gifts to choose, who is there. What it shows is text and never HTML.
import { type DanmuxError, errors, type From, type Msg } from '@danmux/protocol';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { textOf } from '../bind.ts';
import type { ClientState } from '../client/options.ts';
import type { Room } from '../client/room.ts';
import type { Entry } from './chat-entry.ts';
import { chatLine } from './chat-line.ts';
import { ChatLog } from './chat-log.ts';
import { chatStyle } from './chat-style.ts';
import { composer } from './composer.ts';
import { type GiftChoice, type GiftChosen, giftsOf } from './gift-panel.ts';
import { type Linked, type LinkListener, linkProperties, RoomLink } from './room-link.ts';
import { RowList } from './row-list.ts';
import { SendRules } from './send-rules.ts';
import type { Token } from './shared-client.ts';
import { errorText, languageOf, type Texts, textsOf } from './texts.ts';
import { theme } from './theme.ts';

/** How long the latest gift stands above the list. */
const latestGiftMs = 10_000;
const tickMs = 250;

export class DanmuxChatElement extends LitElement implements Linked, LinkListener {
  static override readonly styles = [theme, chatStyle];
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
  declare room: Room | string | undefined;
  declare token: Token | undefined;
  declare userId: string | undefined;
  declare gifts: readonly GiftChoice[];
  declare giftCounts: readonly number[];
  declare max: number;
  declare maxLength: number;
  declare exemptRoles: readonly string[];
  declare readOnly: boolean;

  readonly #link: RoomLink;
  readonly #log: ChatLog;
  readonly #list: RowList<Entry>;
  readonly #rules = new SendRules();
  #state: ClientState = 'connecting';
  #online: number | undefined;
  #hint = '';
  #texts: Texts = textsOf('en');
  #language = 'en';
  #length = 0;
  #giftsOpen = false;
  #giftCount = 1;
  #latest: Entry | undefined;
  #latestTimer: ReturnType<typeof setTimeout> | undefined;
  #readUpTo = 0;
  #frame: number | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.gifts = [];
    this.giftCounts = [1, 10, 66];
    this.max = 20_000;
    this.maxLength = 200;
    this.exemptRoles = this.#rules.exemptRoles;
    this.readOnly = false;
    this.#log = new ChatLog(this.max, () => this.#changed());
    this.#list = new RowList(this, () => this.#log.entries);
    this.#link = new RoomLink(this, this);
  }

  /** The lines it holds, oldest first. */
  get entries(): readonly Entry[] {
    return this.#log.entries;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    clearTimeout(this.#latestTimer);
  }

  linked(room: Room): (() => void)[] {
    this.#log.clear();
    this.#rules.modes = room.modes;
    this.#online = room.joined ? room.online : undefined;
    if (room.joined) void this.#readBack(room);
    return [
      room.on('message', (msg) => this.#message(msg)),
      room.on('recalled', ({ id }) => this.#recalled(id)),
      room.on('gap', ({ lane, count }) => lane !== 'ambient' && this.#log.gap(count)),
      room.on('modes', (modes) => {
        this.#rules.modes = modes;
        this.requestUpdate();
      }),
      room.on('notice', (notice) => {
        this.#rules.notice(notice);
        this.say(notice.code === 'muted' ? '' : notice.message);
      }),
      room.on('online', (online) => {
        this.#online = online;
        this.#changed();
      }),
      room.on('joined', () => {
        this.#rules.entered();
        this.say('');
      }),
      room.on('sending', ({ cid, type, data }) => type === 'chat' && this.#log.sending({ cid, type, data, text: textOf({ data }), ...this.#self() })),
      room.on('sent', ({ cid, id, held }) => {
        this.#log.sent(cid, id, held === true);
        this.#rules.sent(Date.now());
        this.requestUpdate();
      }),
      room.on('unsent', ({ cid, error }) => {
        this.#rules.refused(error, Date.now());
        this.#log.unsent(cid, error);
        this.requestUpdate();
      }),
    ];
  }

  state(state: ClientState): void {
    this.#state = state;
    this.requestUpdate();
  }

  failed(error: DanmuxError): void {
    if (error.code === 'banned') this.#rules.refused(error, Date.now());
    this.say(errorText(this.#texts, error));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('max')) this.#log.max = this.max;
    this.#language = languageOf(this) || 'en';
    this.#texts = textsOf(this.#language);
    this.#rules.exemptRoles = this.exemptRoles;
    this.#rules.user = this.#link.user;
    this.#rules.guest = this.#link.guest;
    if (this.#list.following) this.#readUpTo = this.#log.added;
  }

  protected override render(): TemplateResult {
    return html`${this.#head()}${this.#latestGift()}
      <div class="body">${this.#lines()}${this.#recent()}</div>
      ${this.readOnly ? nothing : this.#composer()}`;
  }

  protected override updated(): void {
    const counting = this.#rules.verdict(Date.now(), 'online').until !== undefined;
    if (counting) this.#ticker ??= setInterval(() => this.requestUpdate(), tickMs);
    else {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }
  }

  #head(): TemplateResult {
    const texts = this.#texts;
    const label = this.#state === 'online' ? texts.connected : texts[this.#state];
    return html`<div class="head" part="header">
      <span class="state" part="state" data-testid="state" data-state=${this.#state} role="status">${label}</span>
      <slot name="header"></slot>
      <span class="online" part="online"><b data-testid="online">${this.#online === undefined ? '–' : this.#online.toLocaleString(this.#language)}</b> ${texts.online}</span>
    </div>`;
  }

  #latestGift(): TemplateResult | typeof nothing {
    const latest = this.#latest;
    if (!latest) return nothing;
    return html`<div class="latest" part="latest-gift" data-testid="latest-gift" data-id=${latest.id ?? ''}>${chatLine(latest, this.#lineView())}</div>`;
  }

  #lines(): TemplateResult {
    const rows = this.#log.entries;
    const { first, end } = this.#list.draw();
    const view = this.#lineView();
    // While the reader is elsewhere, rows appear because of scrolling and are no news.
    return html`<div class="scroller" part="list" data-testid="chat-list" role="log" tabindex="0" aria-label=${this.#texts.messages}
      aria-live=${this.#list.following ? 'polite' : 'off'} @scroll=${this.#list.onScroll}>
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
    const count = this.#log.added - this.#readUpTo;
    if (this.#list.following || count <= 0) return nothing;
    return html`<button type="button" class="recent" part="recent" data-testid="recent" @click=${() => this.#list.follow()}>${this.#texts.recent(count)} ↓</button>`;
  }

  #composer(): TemplateResult {
    const now = Date.now();
    return composer({
      texts: this.#texts,
      language: this.#language,
      now,
      verdict: this.#rules.verdict(now, this.#state),
      hint: this.#hint || this.#modesHint(),
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
    const { slow_ms, members_only } = this.#rules.modes;
    if (members_only) return this.#texts.membersOnly;
    return slow_ms ? this.#texts.slowMode(Math.ceil(slow_ms / 1_000)) : '';
  }

  #lineView() {
    return { texts: this.#texts, onRetry: (entry: Entry) => this.#retry(entry), onDiscard: (entry: Entry) => this.#log.discard(entry) };
  }

  #message(msg: Msg): void {
    const mine = this.#link.user?.id;
    this.#log.message(msg, mine !== undefined && msg.from?.id === mine);
    if (msg.lane !== 'gift' || msg.type === 'superchat' || Date.now() - msg.ts > latestGiftMs) return;
    this.#latest = this.#log.entries.findLast(({ id }) => id === msg.id);
    clearTimeout(this.#latestTimer);
    this.#latestTimer = setTimeout(() => this.#endLatest(), latestGiftMs);
  }

  /** As others will see me. */
  #self(): { from?: From } {
    const user = this.#link.user;
    return user ? { from: { ...user } } : {};
  }

  #recalled(id: string): void {
    this.#log.remove(id);
    if (this.#latest?.id === id) this.#endLatest();
  }

  #endLatest(): void {
    this.#latest = undefined;
    this.requestUpdate();
  }

  /** What came before this element: it was told to those who listened then. */
  async #readBack(room: Room): Promise<void> {
    for (const lane of ['gift', 'chat', 'control'] as const) {
      try {
        const { msgs } = await room.history({ lane, limit: 50 });
        if (this.#link.room === room) for (const msg of msgs) this.#message(msg);
      } catch (error) {
        this.failed(error as DanmuxError);
      }
    }
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const input = this.renderRoot.querySelector<HTMLInputElement>('.text-field');
    const text = input?.value.trim();
    const room = this.#link.room;
    if (!input || !text || !room || this.#rules.verdict(Date.now(), 'online').obstacle) return;
    input.value = '';
    this.#typed(0);
    this.#list.follow();
    this.#sendTo(room, 'chat', { text });
  }

  #retry({ type, data, cid }: Entry): void {
    const room = this.#link.room;
    if (room && type !== undefined && cid !== undefined) this.#sendTo(room, type, data, cid);
  }

  #sendTo(room: Room, type: string, data: unknown, cid?: string): void {
    // The line says what became of it; `unsent` has told it.
    room.send(type, data, cid === undefined ? {} : { cid }).catch((error: DanmuxError) => {
      if (errors[error.code].status === 401) this.failed(error);
    });
  }

  #typed(length: number): void {
    this.#length = length;
    if (length > 0) this.#hint = '';
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

  /** Something for the viewer to read, below the list, until the next message is typed. */
  say(text: string): void {
    this.#hint = text;
    this.requestUpdate();
  }

  /** At the next frame, however many messages come until then; a hidden page has none. */
  #changed(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.requestUpdate();
    });
  }
}
