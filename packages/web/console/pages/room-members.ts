// The members of a room and its active mutes and bans, with buttons to mute, ban or kick a member or any user by id.
import { limits } from '@danmux/protocol';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, pathOf } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { count } from '../figures.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { ifMay, needs } from '../parts/needs.ts';
import { Pager } from '../parts/pager.ts';
import { Poll } from '../poll.ts';
import type { Member, MembersReply, SanctionsReply } from '../replies.ts';
import { session } from '../session.ts';
import { texts } from '../texts/texts.ts';
import { type SanctionKind, sanction } from './sanction-dialog.ts';
import { sanctionTable } from './sanction-table.ts';

const kinds = ['mute', 'ban', 'kick'] as const;
const perPage = 20;

class RoomMembers extends ConsoleElement {
  static override readonly properties = { room: {} };
  declare room: string;
  readonly #pager = new Pager(() => this.#members.restart());
  readonly #members = new Poll(this, 4_000, (signal) =>
    get<MembersReply>(pathOf`/v1/rooms/${this.room}/members`, { limit: perPage, cursor: this.#pager.cursor }, signal),
  );
  readonly #mutes = new Poll(this, 4_000, (signal) => get<SanctionsReply>(pathOf`/v1/rooms/${this.room}/mutes`, { limit: limits.listPage }, signal));
  readonly #bans = new Poll(this, 4_000, (signal) => get<SanctionsReply>(pathOf`/v1/rooms/${this.room}/bans`, { limit: limits.listPage }, signal));

  constructor() {
    super();
    this.room = '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('room') || !this.hasUpdated) return;
    this.#pager.reset();
    for (const poll of [this.#members, this.#mutes, this.#bans]) poll.restart();
  }

  protected override render(): TemplateResult {
    const page = this.#members.value;
    return html`
      <div class="head"><h2>${texts.members}</h2>${page ? html`<span class="faint">${texts.membersOf(count(page.users), page.complete)}</span>` : nothing}</div>
      ${session.may('moderate') ? this.#renderForm() : needs('moderate')}
      ${freshness(this.#members)}
      <div class="scroll ${freshClass(this.#members)}" tabindex="0" role="region" aria-label=${texts.members}>
        <table data-testid="members"><thead><tr><th scope="col">${texts.user}</th><th scope="col" class="number">${texts.level}</th>${ifMay('moderate', () => html`<th scope="col">${texts.actions}</th>`)}</tr></thead>
          <tbody>${page?.members.map((member) => this.#renderMember(member))}</tbody></table>
        ${page?.members.length === 0 ? html`<p class="empty">${texts.nobodyHere}</p>` : nothing}
      </div>
      ${this.#pager.render(page?.cursor)}
      ${this.#renderSanctions()}
    `;
  }

  #renderForm(): TemplateResult {
    return html`<form class="filters" @submit=${this.#byId}>
      <label class="field"><span>${texts.userId}</span><input name="user" required maxlength=${limits.userId} autocomplete="off" data-testid="user-id"></label>
      ${kinds.map((kind) => html`<button type="submit" class="quiet" value=${kind} data-testid="${kind}-user">${texts[kind]}</button>`)}
    </form>`;
  }

  #renderMember(member: Member): TemplateResult {
    const { id, name, level, guest } = member;
    return html`<tr data-testid="member"><th scope="row"><span class="name">${name || id}</span> ${guest ? html`<span class="chip">${texts.guest}</span>` : nothing}
        ${name && name !== id ? html`<span class="faint">${id}</span>` : nothing}</th>
      <td class="number">${level ?? ''}</td>
      ${ifMay('moderate', () => html`<td class="actions">${kinds.map((kind) => html`<button type="button" class="link" @click=${() => this.#do(kind, member)}>${texts[kind]}</button>`)}</td>`)}</tr>`;
  }

  #renderSanctions(): TemplateResult | typeof nothing {
    const rows = [
      ...(this.#mutes.value?.mutes ?? []).map((row) => ({ kind: 'mute' as const, row })),
      ...(this.#bans.value?.bans ?? []).map((row) => ({ kind: 'ban' as const, row })),
    ];
    const failed = [this.#mutes, this.#bans].find(({ error }) => error);
    return html`<h3>${texts.inForce}</h3>${failed ? freshness(failed) : nothing}
      <div class=${failed ? 'old' : ''}>${rows.length > 0 ? sanctionTable(rows, () => this.#look(), this.room) : html`<p class="empty">${texts.nobodySanctioned}</p>`}</div>`;
  }

  readonly #byId = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const id = String(new FormData(form).get('user') ?? '').trim();
    const kind = kinds.find((known) => known === (event.submitter as HTMLButtonElement | null)?.value) ?? 'mute';
    if (id) void this.#do(kind, { id });
  };

  async #do(kind: SanctionKind, user: { readonly id: string; readonly name?: string }): Promise<void> {
    if (await sanction(kind, user, this.room)) this.#look();
  }

  #look(): void {
    for (const poll of [this.#members, this.#mutes, this.#bans]) poll.again();
  }
}
customElements.define('room-members', RoomMembers);
