// What became of each change: that it was done, or the words of the refusal, each with the trace id it has in the log of the api.
import { html, nothing, type TemplateResult } from 'lit';
import { type Done, Refused } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { texts } from '../texts/texts.ts';

interface Result {
  readonly good: boolean;
  readonly text: string;
  readonly detail: string;
  readonly trace: string | undefined;
}

const mostShown = 4;
const goodShownMs = 8_000;

class ConsoleResults extends ConsoleElement {
  #results: readonly Result[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  add(result: Result): void {
    this.#results = [...this.#results, result].slice(-mostShown);
    this.requestUpdate();
    if (!result.good) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#remove(result);
    }, goodShownMs);
    this.#timers.add(timer);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#results = [];
  }

  protected override render(): TemplateResult {
    return html`<div class="results" role="log" aria-live="polite" aria-label=${texts.results}>
      ${this.#results.map(
        (result) => html`<div class="result ${result.good ? 'good' : 'bad'}" data-testid=${result.good ? 'done' : 'refused'}>
          <div><strong>${result.text}</strong>${result.detail ? html`<span>${result.detail}</span>` : nothing}
          ${result.trace ? html`<code>${texts.trace} ${result.trace}</code>` : nothing}</div>
          <button type="button" class="icon" aria-label=${texts.dismiss} @click=${() => this.#remove(result)}>×</button>
        </div>`,
      )}
    </div>`;
  }

  #remove(result: Result): void {
    this.#results = this.#results.filter((other) => other !== result);
    this.requestUpdate();
  }
}
customElements.define('console-results', ConsoleResults);

/** Does it and shows what became of it; null when it was refused. `what` names it as the operator does: "Mute u7 in live:1". */
export async function perform<T>(what: string, run: () => Promise<Done<T>>, said: (body: T) => string = () => ''): Promise<T | null> {
  const results = document.querySelector<ConsoleResults>('console-results');
  try {
    const { body, trace } = await run();
    results?.add({ good: true, text: what, detail: said(body), trace });
    return body;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const trace = error instanceof Refused ? error.trace : undefined;
    results?.add({ good: false, text: texts.failed(what), detail: detailOf(error), trace });
    return null;
  }
}

function detailOf(error: Error): string {
  if (!(error instanceof Refused)) return texts.notKnownIfDone(error.message);
  return [`${error.message} (${error.code})`, ...error.fields.filter((field) => !error.message.includes(field))].join(' ');
}
