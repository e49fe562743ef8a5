// Shows the results of the operator's actions: success or the text of the refusal, each with the trace id to find it in the api's log.
import { html, nothing, type TemplateResult } from 'lit';
import { type Done, Refused } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { texts } from '../texts/texts.ts';
import { detailOf } from './refusal.ts';

interface Result {
  readonly success: boolean;
  readonly text: string;
  readonly detail: unknown;
  readonly trace: string | undefined;
}

const maxShown = 4;
const successShownMs = 8_000;

class ConsoleResults extends ConsoleElement {
  #results: readonly Result[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  add(result: Result): void {
    this.#results = [...this.#results, result].slice(-maxShown);
    this.requestUpdate();
    if (!result.success) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#remove(result);
    }, successShownMs);
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
        (result) => html`<div class="result ${result.success ? 'good' : 'bad'}" data-testid=${result.success ? 'done' : 'refused'}>
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

/** Runs an action and shows its result. `action` describes it to the operator: "Muted u7 in live:1". Returns null when it failed. */
export async function perform<T>(action: string, run: () => Promise<Done<T>>, detail: (body: T) => string = () => ''): Promise<T | null> {
  const results = document.querySelector<ConsoleResults>('console-results');
  try {
    const { body, trace } = await run();
    results?.add({ success: true, text: action, detail: detail(body), trace });
    return body;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const trace = error instanceof Refused ? error.trace : undefined;
    results?.add({ success: false, text: texts.failed(action), detail: detailOf(error), trace });
    return null;
  }
}
