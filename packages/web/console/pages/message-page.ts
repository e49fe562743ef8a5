// The page of one message, found by its id and room: its trace, process by process, and its receipts.
import { limits } from '@danmux/protocol';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, pathOf, Refused } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { count, milliseconds, moment } from '../figures.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { Poll } from '../poll.ts';
import type { ReceiptsReply, TraceReply } from '../replies.ts';
import { linkTo } from '../route.ts';
import { texts } from '../texts/texts.ts';

const stages: readonly string[] = ['accepted', 'stored', 'sequenced', 'delivered', 'recalled'];

class MessagePage extends ConsoleElement {
  static override readonly properties = { message: {}, room: {} };
  declare message: string;
  declare room: string;
  readonly #trace = new Poll(this, 3_000, async (signal) =>
    this.message && this.room ? get<TraceReply>(pathOf`/v1/messages/${this.message}/trace`, { room: this.room }, signal) : null,
  );
  readonly #receipts = new Poll(this, 3_000, async (signal) =>
    this.message ? nullIfNotFound(get<ReceiptsReply>(pathOf`/v1/messages/${this.message}/receipts`, {}, signal)) : null,
  );

  constructor() {
    super();
    this.message = '';
    this.room = '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.hasUpdated || !(changed.has('message') || changed.has('room'))) return;
    this.#trace.restart();
    this.#receipts.restart();
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${texts.pages.messages}</h1>
      <form class="filters" role="search" @submit=${this.#search}>
        <label class="field"><span>${texts.messageId}</span><input name="id" required maxlength=${limits.id} .value=${this.message} autocomplete="off" spellcheck="false"></label>
        <label class="field"><span>${texts.room}</span><input name="room" maxlength=${limits.roomName} .value=${this.room} autocomplete="off" spellcheck="false"></label>
        <button type="submit">${texts.search}</button>
      </form>
      ${this.message ? this.#renderFound() : html`<p class="empty">${texts.messageIntro}</p>`}
    `;
  }

  #renderFound(): TemplateResult {
    const receipts = this.#receipts.value;
    return html`
      <section class="panel"><h2>${texts.wayOf}</h2>
        ${this.room ? freshness(this.#trace) : html`<p class="empty">${texts.traceNeedsRoom}</p>`}
        <div class=${freshClass(this.#trace)}>${this.#trace.value ? renderTrace(this.#trace.value) : nothing}</div>
      </section>
      <section class="panel"><h2>${texts.receipts}</h2>
        ${freshness(this.#receipts)}
        <div class=${freshClass(this.#receipts)}>${receipts === null ? html`<p class="empty">${texts.noReceipts}</p>` : receipts ? renderReceipts(receipts) : nothing}</div>
      </section>
    `;
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    location.hash = linkTo('messages', text('id'), { room: text('room') });
  };
}
customElements.define('message-page', MessagePage);

function renderTrace({ id, room, trace, hops }: TraceReply): TemplateResult {
  const start = Math.min(...hops.map(({ at }) => at));
  const most = Math.max(1, ...hops.map(({ at }) => at - start));
  // The hops are sorted by stage and not by time, because clocks of processes differ, and a relay may record `sequenced` after an edge has delivered.
  const inOrder = [...hops].sort((a, b) => stages.indexOf(a.hop) - stages.indexOf(b.hop) || a.at - b.at);
  return html`
    <dl class="facts"><div><dt>${texts.messageId}</dt><dd><code>${id}</code></dd></div>
      <div><dt>${texts.room}</dt><dd>${room.startsWith('@') ? room : html`<a href=${linkTo('rooms', room)}>${room}</a>`}</dd></div>
      <div><dt>${texts.traceId}</dt><dd><code>${trace}</code></dd></div></dl>
    <ol class="hops" data-testid="hops">${inOrder.map((hop) => renderHop(hop, hop.at - start, most))}</ol>
    <p class="faint">${texts.clocksDiffer}</p>
  `;
}

function renderHop({ hop, node, at, offset, viewers }: TraceReply['hops'][number], afterMs: number, mostMs: number): TemplateResult {
  return html`<li data-hop=${hop}>
    <div class="hop"><b>${texts.hops[hop]}</b><code>${node}</code>
      ${offset === undefined ? nothing : html`<span class="faint">${texts.atOffset(count(offset))}</span>`}
      ${viewers === undefined ? nothing : html`<span class="faint">${texts.toViewers(count(viewers))}</span>`}
      <span class="when"><time class="faint">${moment(at)}</time> <b>+${milliseconds(afterMs)}</b></span></div>
    <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width=${Math.max(0.5, (afterMs / mostMs) * 100)} height="4" fill="#ff2d78"></rect></svg>
  </li>`;
}

function renderReceipts({ state, sent, received, missing, rooms }: ReceiptsReply): TemplateResult {
  return html`<div class="tiles" data-testid="receipts">
      <div class="tile"><span>${texts.sent}</span><b>${count(sent)}</b></div><div class="tile"><span>${texts.received}</span><b>${count(received)}</b></div>
      <div class="tile"><span>${texts.missing}</span><b>${count(missing)}</b></div></div>
    <p class="faint">${state === 'final' ? texts.receiptsFinal : texts.receiptsWaiting} · ${rooms.join(', ')}</p>`;
}

/** Returns null for `not_found`: a message without receipts is not an error. */
async function nullIfNotFound<T>(reply: Promise<T>): Promise<T | null> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof Refused && error.code === 'not_found') return null;
    throw error;
  }
}
