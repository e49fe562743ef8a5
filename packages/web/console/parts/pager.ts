// Paging of a list by cursor: the current page, and buttons for the next and the previous one. The caller requests the content.
import { html, nothing, type TemplateResult } from 'lit';
import { texts } from '../texts/texts.ts';

export class Pager {
  readonly #onPage: () => void;
  #before: readonly (string | undefined)[] = [];
  #cursor: string | undefined;

  constructor(onPage: () => void) {
    this.#onPage = onPage;
  }

  /** Cursor of the current page; undefined for the first. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** Returns to the first page without calling `onPage`. */
  reset(): void {
    this.#before = [];
    this.#cursor = undefined;
  }

  /** Renders the buttons. `next` is the cursor of the next page, from the reply with the current page. */
  render(next: string | null | undefined): TemplateResult | typeof nothing {
    if (this.#before.length === 0 && !next) return nothing;
    return html`<nav class="pager" aria-label=${texts.paging}>
      <button type="button" class="quiet" ?disabled=${this.#before.length === 0} @click=${this.#back}>${texts.previous}</button>
      <span>${texts.pageNumber(this.#before.length + 1)}</span>
      <button type="button" class="quiet" data-testid="next-page" ?disabled=${!next} @click=${() => this.#show([...this.#before, this.#cursor], next ?? undefined)}>
        ${texts.next}
      </button>
    </nav>`;
  }

  readonly #back = (): void => this.#show(this.#before.slice(0, -1), this.#before.at(-1));

  #show(before: readonly (string | undefined)[], cursor: string | undefined): void {
    this.#before = before;
    this.#cursor = cursor;
    this.#onPage();
  }
}
