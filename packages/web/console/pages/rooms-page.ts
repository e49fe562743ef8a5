// The list of rooms with viewers, sorted by viewers, traffic or name, and filtered by name prefix.
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { get } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { count, perSecond, sum } from '../figures.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { Pager } from '../parts/pager.ts';
import { Poll } from '../poll.ts';
import type { RoomsReply } from '../replies.ts';
import { linkTo, queryProperty } from '../route.ts';
import { texts } from '../texts/texts.ts';

type Order = 'online' | 'rate' | 'name';
type Row = RoomsReply['rooms'][number];

const shownRates = ['chat', 'gift', 'ambient', 'control'] as const;
const orders = ['online', 'rate', 'name'] as const;
const perPage = 50;
/** The api cannot sort by rate, so the page requests this number of rooms, those with the most viewers, and sorts them by rate itself. */
const ratedRooms = 200;

class RoomsPage extends ConsoleElement {
  static override readonly properties = { query: queryProperty };
  declare query: URLSearchParams;
  readonly #pager = new Pager(() => this.#rooms.restart());
  readonly #rooms = new Poll(this, 3_000, (signal) => this.#ask(signal));

  constructor() {
    super();
    this.query = new URLSearchParams();
  }

  get #order(): Order {
    return orders.find((order) => order === this.query.get('sort')) ?? 'online';
  }

  get #prefix(): string {
    return this.query.get('prefix') ?? '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('query') || !this.hasUpdated) return;
    this.#pager.reset();
    this.#rooms.restart();
  }

  protected override render(): TemplateResult {
    const reply = this.#rooms.value;
    return html`
      <h1>${texts.pages.rooms}</h1>
      <form class="filters" role="search" @submit=${this.#search}>
        <label class="field"><span>${texts.prefix}</span><input name="prefix" maxlength="128" .value=${this.#prefix} placeholder="live:" autocomplete="off" data-testid="prefix"></label>
        <label class="field"><span>${texts.order}</span><select name="sort" @change=${this.#resort}>
          ${orders.map((order) => html`<option value=${order} ?selected=${order === this.#order}>${texts.orders[order]}</option>`)}</select></label>
        <button type="submit">${texts.search}</button>
        <button type="button" class="quiet" @click=${this.#open}>${texts.openRoom}</button>
      </form>
      ${freshness(this.#rooms)}
      ${reply ? this.#renderTable(reply) : ''}
    `;
  }

  #renderTable({ rooms, cursor, total }: RoomsReply): TemplateResult {
    return html`
      <p class="faint">${this.#order === 'rate' && total > ratedRooms ? texts.busiestOf(ratedRooms, total) : texts.roomsFound(total)}</p>
      <div class="scroll panel ${freshClass(this.#rooms)}" tabindex="0" role="region" aria-label=${texts.pages.rooms}>
        <table data-testid="rooms">
          <thead><tr><th scope="col">${texts.room}</th><th scope="col" class="number">${texts.online}</th><th scope="col" class="number">${texts.messagesPerSecond}</th>
            ${shownRates.map((lane) => html`<th scope="col" class="number wide">${texts.lanes[lane]}</th>`)}</tr></thead>
          <tbody>${rooms.map(rowOf)}</tbody>
        </table>
        ${rooms.length === 0 ? html`<p class="empty">${texts.noRooms}</p>` : ''}
      </div>
      ${this.#order === 'rate' ? '' : this.#pager.render(cursor)}
    `;
  }

  async #ask(signal: AbortSignal): Promise<RoomsReply> {
    const prefix = this.#prefix;
    if (this.#order !== 'rate') return get<RoomsReply>('/v1/rooms', { prefix, sort: this.#order, limit: perPage, cursor: this.#pager.cursor }, signal);
    const reply = await get<RoomsReply>('/v1/rooms', { prefix, sort: 'online', limit: ratedRooms }, signal);
    return { ...reply, rooms: [...reply.rooms].sort((a, b) => rateOf(b) - rateOf(a)) };
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#show(new FormData(event.target as HTMLFormElement));
  };

  readonly #resort = (event: Event): void => {
    const { form } = event.target as HTMLSelectElement;
    if (form) this.#show(new FormData(form));
  };

  /** Opens the room whose exact name is in the search field. A room without viewers is not in the list but may have history. */
  readonly #open = (): void => {
    const room = this.querySelector<HTMLInputElement>('[name=prefix]')?.value.trim();
    if (room) location.hash = linkTo('rooms', room);
  };

  #show(form: FormData): void {
    location.hash = linkTo('rooms', undefined, { prefix: String(form.get('prefix') ?? '').trim(), sort: String(form.get('sort')) });
  }
}
customElements.define('rooms-page', RoomsPage);

function rowOf({ room, online, per_second: rates }: Row): TemplateResult {
  return html`<tr><th scope="row"><a href=${linkTo('rooms', room)}>${room}</a></th><td class="number">${count(online)}</td><td class="number">${perSecond(sum(rates))}</td>
    ${shownRates.map((lane) => html`<td class="number wide">${perSecond(rates?.[lane])}</td>`)}</tr>`;
}

function rateOf({ per_second: rates }: Row): number {
  return sum(rates) ?? 0;
}
