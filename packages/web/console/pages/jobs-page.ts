// The page of background jobs: lists jobs whose retries are exhausted and finds any job by its id; cancels waiting jobs and reruns failed ones.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { change, get, pathOf } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { count, moment } from '../figures.ts';
import { ask } from '../parts/dialog.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { ifMay, needs } from '../parts/needs.ts';
import { Pager } from '../parts/pager.ts';
import { perform } from '../parts/results.ts';
import { Poll } from '../poll.ts';
import type { JobReply, JobsReply } from '../replies.ts';
import { linkTo, queryProperty } from '../route.ts';
import { session } from '../session.ts';
import { texts } from '../texts/texts.ts';

const cancellable: readonly string[] = ['publish', 'broadcast'];

class JobsPage extends ConsoleElement {
  static override readonly properties = { query: queryProperty };
  declare query: URLSearchParams;
  readonly #pager = new Pager(() => this.#failed.restart());
  readonly #failed = new Poll(this, 4_000, (signal) => get<JobsReply>('/v1/jobs', { state: 'failed', cursor: this.#pager.cursor }, signal));
  readonly #one = new Poll(this, 1_500, async (signal) => (this.#id ? get<JobReply>(pathOf`/v1/jobs/${this.#id}`, {}, signal) : null));

  constructor() {
    super();
    this.query = new URLSearchParams();
  }

  get #id(): string {
    return this.query.get('id') ?? '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('query') && this.hasUpdated) this.#one.restart();
  }

  protected override render(): TemplateResult {
    const page = this.#failed.value;
    const job = this.#one.value;
    return html`
      <h1>${texts.pages.jobs}</h1>
      ${session.may('publish') ? nothing : needs('publish')}${session.may('admin') ? nothing : needs('admin')}
      <section class="panel"><h2>${texts.oneJob}</h2>
        <form class="filters" role="search" @submit=${this.#search}>
          <label class="field"><span>${texts.jobId}</span><input name="id" required maxlength="128" .value=${this.#id} autocomplete="off" spellcheck="false" data-testid="job-id"></label>
          <button type="submit">${texts.search}</button></form>
        ${this.#id ? freshness(this.#one) : html`<p class="faint">${texts.jobIntro}</p>`}
        ${job ? html`<div class=${freshClass(this.#one)}>${this.#renderTable([job])}</div>` : nothing}
      </section>
      <section class="panel"><h2>${texts.failedJobs}</h2>
        ${freshness(this.#failed)}
        <div class=${freshClass(this.#failed)}>${page ? (page.jobs.length > 0 ? this.#renderTable(page.jobs) : html`<p class="empty">${texts.noFailedJobs}</p>`) : nothing}</div>
        ${this.#pager.render(page?.cursor)}
      </section>
    `;
  }

  #renderTable(jobs: readonly JobReply[]): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${texts.pages.jobs}><table class="broad" data-testid="jobs">
      <thead><tr><th scope="col">${texts.job}</th><th scope="col">${texts.state}</th><th scope="col">${texts.progress}</th><th scope="col" class="number">${texts.attempts}</th>
        <th scope="col">${texts.made}</th><th scope="col">${texts.why}</th><th scope="col">${texts.actions}</th></tr></thead>
      <tbody>${jobs.map((job) => this.#renderJob(job))}</tbody></table></div>`;
  }

  #renderJob(job: JobReply): TemplateResult {
    const { id, name, state, progress, attempts, created_at: at, error } = job;
    return html`<tr data-testid="job" data-state=${state}><th scope="row"><b>${nameOf(name)}</b> <a href=${linkTo('jobs', undefined, { id })}><code>${id}</code></a></th>
      <td><span class="chip state-${state}">${texts.jobStates[state]}</span></td>
      <td>${progress && progress.total > 0 ? html`<progress max=${progress.total} value=${progress.done} aria-label=${texts.progress}></progress> ${count(progress.done)} / ${count(progress.total)}` : nothing}</td>
      <td class="number">${attempts}</td><td>${moment(at)}</td><td><span lang="en">${error ?? ''}</span></td>
      <td class="actions">${state === 'failed' ? ifMay('admin', () => html`<button type="button" class="link" data-testid="retry" @click=${() => this.#retry(job)}>${texts.retry}</button>`) : nothing}
        ${['waiting', 'delayed', 'active'].includes(state) && cancellable.includes(name) ? ifMay('publish', () => html`<button type="button" class="link" data-testid="cancel-job" @click=${() => this.#cancel(job)}>${texts.cancelJob}</button>`) : nothing}</td></tr>`;
  }

  async #retry({ id, name }: JobReply): Promise<void> {
    if (!(await ask({ title: texts.retryTitle, text: texts.retryText(nameOf(name), id), button: texts.retry, danger: false }))) return;
    await perform(texts.retried(id), () => change('POST', pathOf`/v1/jobs/${id}/retry`));
    this.#look();
  }

  async #cancel({ id, name }: JobReply): Promise<void> {
    if (!(await ask({ title: texts.cancelTitle, text: texts.cancelText(nameOf(name), id), button: texts.cancelJob }))) return;
    await perform(texts.cancelled(id), () => change('DELETE', pathOf`/v1/jobs/${id}`));
    this.#look();
  }

  #look(): void {
    this.#failed.again();
    this.#one.again();
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault();
    location.hash = linkTo('jobs', undefined, { id: String(new FormData(event.target as HTMLFormElement).get('id') ?? '').trim() });
  };
}
customElements.define('jobs-page', JobsPage);

function nameOf(name: string): string {
  return texts.jobNames[name] ?? name;
}
