// The page of the audit log: changes and refused attempts from the three logs of the api, newest first, filtered by key and route.
import type { AuditLogName } from '@danmux/protocol/schemas';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { moment } from '../figures.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { Pager } from '../parts/pager.ts';
import { Poll } from '../poll.ts';
import type { AuditReply, AuditRow } from '../replies.ts';
import { linkTo, queryProperty } from '../route.ts';
import { texts } from '../texts/texts.ts';

const logs = ['changes', 'publishing', 'unknown'] as const satisfies readonly AuditLogName[];

class AuditPage extends ConsoleElement {
  static override readonly properties = { query: queryProperty };
  declare query: URLSearchParams;
  readonly #pager = new Pager(() => this.#rows.restart());
  readonly #rows = new Poll(this, 4_000, (signal) =>
    get<AuditReply>('/v1/audit', { log: this.#log, key: this.#filter('key'), route: this.#filter('route'), cursor: this.#pager.cursor }, signal),
  );

  constructor() {
    super();
    this.query = new URLSearchParams();
  }

  get #log(): AuditLogName {
    return logs.find((log) => log === this.query.get('log')) ?? 'changes';
  }

  #filter(name: 'key' | 'route'): string {
    return this.query.get(name) ?? '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('query') || !this.hasUpdated) return;
    this.#pager.reset();
    this.#rows.restart();
  }

  protected override render(): TemplateResult {
    const reply = this.#rows.value;
    return html`
      <h1>${texts.pages.audit}</h1>
      <form class="filters" role="search" @submit=${this.#search}>
        <label class="field"><span>${texts.log}</span><select name="log" data-testid="log" @change=${(event: Event) => (event.target as HTMLSelectElement).form?.requestSubmit()}>
          ${logs.map((log) => html`<option value=${log} ?selected=${log === this.#log}>${texts.logs[log]}</option>`)}</select></label>
        <label class="field"><span>${texts.key}</span><input name="key" maxlength="64" .value=${this.#filter('key')} autocomplete="off"></label>
        <label class="field"><span>${texts.routeBegins}</span><input name="route" maxlength="256" .value=${this.#filter('route')} placeholder="/v1/rooms" autocomplete="off" spellcheck="false"></label>
        <button type="submit">${texts.search}</button>
      </form>
      ${freshness(this.#rows)}
      ${reply ? this.#renderRows(reply) : nothing}
    `;
  }

  #renderRows({ rows, cursor }: AuditReply): TemplateResult {
    return html`<div class="scroll panel ${freshClass(this.#rows)}" tabindex="0" role="region" aria-label=${texts.pages.audit}><table class="broad" data-testid="audit">
        <thead><tr><th scope="col">${texts.when}</th><th scope="col">${texts.key}</th><th scope="col">${texts.request}</th><th scope="col">${texts.of}</th><th scope="col">${texts.asked}</th><th scope="col">${texts.answer}</th><th scope="col">${texts.traceId}</th></tr></thead>
        <tbody>${rows.map(rowOf)}</tbody></table>
        ${rows.length === 0 ? html`<p class="empty">${cursor ? texts.nothingOnThisPage : texts.nothingLogged}</p>` : nothing}</div>
      ${this.#pager.render(cursor)}`;
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    location.hash = linkTo('audit', undefined, { log: text('log'), key: text('key'), route: text('route') });
  };
}
customElements.define('audit-page', AuditPage);

function rowOf({ ts, key, method, route, params, asked, status, code, trace, address }: AuditRow): TemplateResult {
  return html`<tr data-testid="audit-row"><td><time>${moment(ts)}</time></td><td>${key ?? html`<i class="faint">${texts.nobody}</i>`} <span class="faint">${address}</span></td>
    <th scope="row"><code class="method">${method}</code> <code>${route}</code></th><td>${pairs(params)}</td><td>${asked ? pairs(asked) : nothing}</td>
    <td><span class="chip ${status < 400 ? 'good' : 'bad'}">${status}</span> <code>${code ?? ''}</code></td><td><code>${trace}</code></td></tr>`;
}

function pairs(values: Readonly<Record<string, unknown>>): readonly TemplateResult[] {
  return Object.entries(values).map(
    ([name, value]) =>
      html`<span class="pairs"><code class="faint">${name}</code> <code>${typeof value === 'string' ? value : JSON.stringify(value)}</code></span>`,
  );
}
