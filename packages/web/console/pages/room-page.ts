// The page of one room: its messages, numbers and members, and the operator's actions.
import { isRoomName } from '@danmux/protocol';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { get, pathOf } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { compact, perSecond, sum } from '../figures.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { offered } from '../parts/needs.ts';
import { Poll } from '../poll.ts';
import type { RoomReply } from '../replies.ts';
import { linkTo } from '../route.ts';
import { texts } from '../texts/texts.ts';
import { roomLedger } from './room-ledger.ts';
import './room-members.ts';
import './room-modes.ts';
import './room-push.ts';
import './room-stream.ts';

class RoomPage extends ConsoleElement {
  static override readonly properties = { room: {} };
  declare room: string;
  readonly #detail = new Poll(this, 2_000, (signal) => get<RoomReply>(pathOf`/v1/rooms/${this.room}`, {}, signal));

  constructor() {
    super();
    this.room = '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('room') && this.hasUpdated) this.#detail.restart();
  }

  protected override render(): TemplateResult {
    const { room } = this;
    const back = html`<p class="crumbs"><a href=${linkTo('rooms')}>${texts.pages.rooms}</a> ›</p>`;
    if (!isRoomName(room)) return html`${back}<h1>${room}</h1><p class="stale" role="alert">${texts.notARoom}</p>`;
    const detail = this.#detail.value;
    const rates = detail?.traffic?.per_second;
    return html`
      ${back}
      <h1 data-testid="room-name">${room}</h1>
      ${freshness(this.#detail)}
      <div class="tiles ${freshClass(this.#detail)}">
        ${tile(texts.online, compact(detail?.online), 'room-online')} ${tile(texts.users, compact(detail?.users), 'room-users')}
        ${tile(texts.messagesPerSecond, perSecond(rates ? sum(rates) : detail ? 0 : undefined), 'room-rate')}
        ${tile(texts.modesOn, String(Object.keys(detail?.modes ?? {}).length), 'room-modes')}
      </div>
      <div class="room">
        <room-stream class="panel" .room=${room}></room-stream>
        <div class="side">
          <section class="panel"><h2>${texts.push}</h2>${offered('publish', () => html`<room-push .room=${room}></room-push>`)}</section>
          <section class="panel ${freshClass(this.#detail)}"><h2>${texts.ledger}</h2>${roomLedger(detail)}</section>
          <section class="panel"><h2>${texts.modes}</h2>
            ${offered('moderate', () => (detail ? html`<room-modes .room=${room} .modes=${detail.modes} @changed=${() => this.#detail.again()}></room-modes>` : ''))}
          </section>
        </div>
        <room-members class="panel" .room=${room}></room-members>
      </div>
    `;
  }
}
customElements.define('room-page', RoomPage);

function tile(label: string, value: string, name: string): TemplateResult {
  return html`<div class="tile"><span>${label}</span><b data-testid=${name}>${value}</b></div>`;
}
