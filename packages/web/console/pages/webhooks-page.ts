// The page of webhook targets with their state, and of dead letters; enables a disabled target and redelivers events.
import { html, nothing, type TemplateResult } from 'lit';
import { change, get, pathOf } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { count, moment, span } from '../figures.ts';
import { ask } from '../parts/dialog.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { Pager } from '../parts/pager.ts';
import { perform } from '../parts/results.ts';
import { Poll } from '../poll.ts';
import type { DeadLettersReply, WebhooksReply } from '../replies.ts';
import { texts } from '../texts/texts.ts';

type Target = WebhooksReply['webhooks'][number];
type DeadLetter = DeadLettersReply['letters'][number];

class WebhooksPage extends ConsoleElement {
  readonly #targets = new Poll(this, 4_000, (signal) => get<WebhooksReply>('/v1/webhooks', {}, signal));
  readonly #pager = new Pager(() => this.#dead.restart());
  readonly #dead = new Poll(this, 5_000, (signal) => get<DeadLettersReply>('/v1/webhooks/dead', { cursor: this.#pager.cursor }, signal));

  protected override render(): TemplateResult {
    const { webhooks: targets, unlisted } = this.#targets.value ?? {};
    const letters = this.#dead.value?.letters;
    return html`
      <h1>${texts.pages.webhooks}</h1>
      <section class="panel"><h2>${texts.targets}</h2>${freshness(this.#targets)}
        <div class=${freshClass(this.#targets)}>${targets ? (targets.length > 0 ? this.#renderTargets(targets) : html`<p class="empty">${texts.noTargets}</p>`) : nothing}
          ${unlistedTargets(unlisted)}</div></section>
      <section class="panel"><h2>${texts.deadLetters}</h2>${freshness(this.#dead)}
        <div class=${freshClass(this.#dead)}>${letters ? (letters.length > 0 ? this.#renderLetters(letters) : html`<p class="empty">${texts.noDeadLetters}</p>`) : nothing}</div>
        ${this.#pager.render(this.#dead.value?.cursor)}</section>
    `;
  }

  #renderTargets(targets: readonly Target[]): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${texts.targets}><table class="broad" data-testid="targets">
      <thead><tr><th scope="col">${texts.target}</th><th scope="col">${texts.state}</th><th scope="col" class="number">${texts.failures}</th><th scope="col">${texts.lag}</th><th scope="col" class="number">${texts.droppedEvents}</th><th scope="col">${texts.why}</th><th scope="col">${texts.actions}</th></tr></thead>
      <tbody>${targets.map(
        ({
          id,
          host,
          state,
          failures,
          retry_at: retryAt,
          error,
          lag_ms: lag,
          dropped,
          workers,
        }) => html`<tr><th scope="row"><b>${id}</b> <span class="faint">${host}</span></th>
          <td><span class="chip target-${state}">${texts.targetStates[state]}</span>${retryAt === null ? nothing : html` <span class="faint">${texts.triedAt(moment(retryAt))}</span>`}${workersOf(workers)}</td>
          <td class="number">${count(failures)}</td><td>${lag > 0 ? span(lag) : texts.noLag}</td><td class="number">${count(dropped)}</td><td><span lang="en">${error ?? ''}</span></td>
          <td class="actions">${state === 'closed' || state === 'unserved' ? nothing : html`<button type="button" class="link" @click=${() => this.#enable(id)}>${texts.tryAgain}</button>`}</td></tr>`,
      )}</tbody></table></div>`;
  }

  #renderLetters(letters: readonly DeadLetter[]): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${texts.deadLetters}><table class="broad" data-testid="dead">
      <thead><tr><th scope="col">${texts.event}</th><th scope="col">${texts.target}</th><th scope="col">${texts.room}</th><th scope="col">${texts.givenUp}</th><th scope="col" class="number">${texts.attempts}</th><th scope="col">${texts.why}</th><th scope="col">${texts.actions}</th></tr></thead>
      <tbody>${letters.map(
        (
          letter,
        ) => html`<tr><th scope="row"><code><b>${letter.event.type}</b></code> <code>${letter.event.id}</code></th><td>${letter.target}</td><td>${letter.event.room}</td><td>${moment(letter.at)}</td>
          <td class="number">${letter.attempts}</td><td><span lang="en">${letter.error}</span></td>
          <td class="actions"><button type="button" class="link" data-testid="replay" @click=${() => this.#replay(letter)}>${texts.replay}</button></td></tr>`,
      )}</tbody></table></div>`;
  }

  async #enable(id: string): Promise<void> {
    if (!(await ask({ title: texts.enableTitle, text: texts.enableText(id), button: texts.tryAgain, danger: false }))) return;
    await perform(texts.enabled(id), () => change('POST', pathOf`/v1/webhooks/${id}/enable`));
    this.#targets.again();
  }

  async #replay({ entry, event, target }: DeadLetter): Promise<void> {
    if (!(await ask({ title: texts.replayTitle, text: texts.replayText(event.type, target), button: texts.replay, danger: false }))) return;
    await perform(texts.replayed(event.id), () => change('POST', pathOf`/v1/webhooks/dead/${entry}/replay`));
    this.#dead.again();
  }
}
customElements.define('webhooks-page', WebhooksPage);

/** Renders how many workers have the target; nothing when all have it as the api has it. An api of an older version does not count them. */
function workersOf(workers: Target['workers'] | undefined): TemplateResult | typeof nothing {
  if (!workers) return nothing;
  const { same, different, missing, unknown } = workers;
  const all = same + different + missing + unknown;
  if (all > 0 && different + missing === 0) return nothing;
  return html` <span class="faint" data-testid="workers">${all === 0 ? texts.noWorkers : texts.workersWithTarget(same, all)}${different > 0 ? ` ${texts.workersWithOther(different)}` : nothing}</span>`;
}

function unlistedTargets(unlisted: WebhooksReply['unlisted'] = []): TemplateResult | typeof nothing {
  if (unlisted.length === 0) return nothing;
  return html`<p class="bad" data-testid="unlisted">${texts.unlistedTargets} ${unlisted.map(({ id }) => html`<code>${id}</code> `)}</p>`;
}
