// Pages by cursor: which page is shown, and the ways to the next and the first. Refuses to know what is on them.
import { html, nothing, type TemplateResult } from 'lit';
import { texts } from '../texts/texts.ts';

export class Pager {
  readonly #onTurn: () => void;
  #before: readonly (string | undefined)[] = [];
  #cursor: string | undefined;

  constructor(onTurn: () => void) {
    this.#onTurn = onTurn;
  }

  /** Of the page that is shown; undefined is the first. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** Back to the first page, without a turn. */
  reset(): void {
    this.#before = [];
    this.#cursor = undefined;
  }

  /** `next` is the cursor that came with the page shown. */
  render(next: string | null | undefined): TemplateResult | typeof nothing {
    if (this.#before.length === 0 && !next) return nothing;
    return html`<nav class="pager" aria-label=${texts.paging}>
      <button type="button" class="quiet" ?disabled=${this.#before.length === 0} @click=${this.#back}>${texts.previous}</button>
      <span>${texts.pageNumber(this.#before.length + 1)}</span>
      <button type="button" class="quiet" data-testid="next-page" ?disabled=${!next} @click=${() => this.#turn([...this.#before, this.#cursor], next ?? undefined)}>
        ${texts.next}
      </button>
    </nav>`;
  }

  readonly #back = (): void => this.#turn(this.#before.slice(0, -1), this.#before.at(-1));

  #turn(before: readonly (string | undefined)[], cursor: string | undefined): void {
    this.#before = before;
    this.#cursor = cursor;
    this.#onTurn();
  }
}
