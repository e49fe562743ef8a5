// The page of mutes and bans that apply to every room, and the form to mute, ban or kick a user everywhere.
import { limits } from '@danmux/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { get } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { offered } from '../parts/needs.ts';
import { Pager } from '../parts/pager.ts';
import { Poll } from '../poll.ts';
import type { SanctionsReply } from '../replies.ts';
import { texts } from '../texts/texts.ts';
import { sanction } from './sanction-dialog.ts';
import { sanctionTable } from './sanction-table.ts';

const kinds = ['mute', 'ban'] as const;
const actions = ['mute', 'ban', 'kick'] as const;

class SanctionsPage extends ConsoleElement {
  #shown: (typeof kinds)[number] = 'mute';
  readonly #pager = new Pager(() => this.#list.restart());
  readonly #list = new Poll(this, 5_000, (signal) => get<SanctionsReply>(`/v1/${this.#shown}s`, { cursor: this.#pager.cursor }, signal));

  protected override render(): TemplateResult {
    const reply = this.#list.value;
    const rows = (reply?.mutes ?? reply?.bans ?? []).map((row) => ({ kind: this.#shown, row }));
    return html`
      <h1>${texts.pages.sanctions}</h1><p class="faint">${texts.sanctionsIntro}</p>
      <section class="panel"><h2>${texts.sanctionUser}</h2>${offered(
        'moderate',
        () => html`<form class="filters" @submit=${this.#submit}>
          <label class="field"><span>${texts.userId}</span><input name="user" required maxlength=${limits.userId} autocomplete="off"></label>
          ${actions.map((kind) => html`<button type="submit" class="quiet" value=${kind}>${texts[kind]}</button>`)}</form>`,
      )}</section>
      <section class="panel"><div class="head"><h2>${texts.inForce}</h2>
        <div class="toggles" role="group">${kinds.map((kind) => html`<button type="button" class="toggle" aria-pressed=${kind === this.#shown ? 'true' : 'false'} @click=${() => this.#show(kind)}>${texts[kind]}</button>`)}</div></div>
        ${freshness(this.#list)}
        <div class=${freshClass(this.#list)}>${reply ? sanctionTable(rows, () => this.#list.again()) : nothing}</div>
        ${this.#pager.render(reply?.cursor)}
      </section>
    `;
  }

  #show(kind: (typeof kinds)[number]): void {
    this.#shown = kind;
    this.#pager.reset();
    this.#list.restart();
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const id = String(new FormData(event.target as HTMLFormElement).get('user') ?? '').trim();
    const kind = actions.find((known) => known === (event.submitter as HTMLButtonElement | null)?.value) ?? 'mute';
    if (id) void sanction(kind, { id }).then((done) => done && this.#list.again());
  };
}
customElements.define('sanctions-page', SanctionsPage);
