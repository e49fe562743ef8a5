// The scrolling of a long list of which only the rows on the screen are drawn: it follows the end until the reader scrolls up, and then
// keeps what is read in its place whatever comes or goes around it. It draws no row itself.
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type RowWindow, topOf, windowOf } from './row-window.ts';

export interface MeasuredRow {
  height: number;
}

type Host = ReactiveControllerHost & { readonly renderRoot: DocumentFragment | HTMLElement };

/** Drawn above and below the screen, CSS pixels. */
const beside = 240;
/** Nearer to the end than this is at the end. */
const nearEnd = 30;
const assumedScreen = 600;

export class RowList<R extends MeasuredRow> implements ReactiveController {
  readonly #host: Host;
  readonly #rows: () => readonly R[];
  readonly #resized: ResizeObserver;
  #scroller: HTMLElement | undefined;
  #following = true;
  #drawn: RowWindow = { first: 0, end: 0, before: 0, total: 0 };
  #held: { readonly row: R; readonly offset: number } | undefined;

  constructor(host: Host, rows: () => readonly R[]) {
    this.#host = host;
    this.#rows = rows;
    this.#resized = new ResizeObserver(() => host.requestUpdate());
    host.addController(this);
  }

  /** The end is shown, and stays shown. */
  get following(): boolean {
    return this.#following;
  }

  follow(): void {
    this.#following = true;
    this.#host.requestUpdate();
  }

  /** The rows to draw now. */
  draw(): RowWindow {
    const scroller = this.#scroller;
    const top = this.#following ? Number.POSITIVE_INFINITY : (scroller?.scrollTop ?? 0);
    this.#drawn = windowOf(this.#rows(), top, scroller?.clientHeight || assumedScreen, beside);
    return this.#drawn;
  }

  /** For the scrolling element's event. */
  readonly onScroll = (): void => {
    const scroller = this.#scroller;
    if (!scroller) return;
    this.#following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEnd;
    this.#held = this.#following ? undefined : this.#topRow(scroller.scrollTop);
    this.#host.requestUpdate();
  };

  hostUpdated(): void {
    const scroller = this.#host.renderRoot.querySelector<HTMLElement>('.scroller');
    if (!scroller) return;
    if (scroller !== this.#scroller) this.#watch(scroller);
    this.#measure(scroller);
    this.#place(scroller);
  }

  hostDisconnected(): void {
    this.#resized.disconnect();
    this.#scroller = undefined;
  }

  #watch(scroller: HTMLElement): void {
    this.#scroller = scroller;
    this.#resized.disconnect();
    this.#resized.observe(scroller);
  }

  #measure(scroller: HTMLElement): void {
    const rows = this.#rows();
    let index = this.#drawn.first;
    for (const element of scroller.querySelectorAll<HTMLElement>('li')) {
      const row = rows[index++];
      if (row) row.height = element.offsetHeight || row.height;
    }
  }

  /** Puts the drawn rows where their heights say, and the screen where it was. */
  #place(scroller: HTMLElement): void {
    const rows = this.#rows();
    const { first, end } = this.#drawn;
    const before = topOf(rows, first);
    const list = scroller.querySelector<HTMLElement>('ol');
    const space = scroller.querySelector<HTMLElement>('.space');
    if (!list || !space) return;
    const total = topOf(rows, rows.length);
    space.style.height = `${total}px`;
    list.style.transform = `translateY(${before}px)`;
    const top = this.#following ? Math.max(0, total - scroller.clientHeight) : this.#heldTop(scroller.scrollTop);
    if (Math.abs(scroller.scrollTop - top) > 1) scroller.scrollTop = top;
    // The guesses were wrong by more than what is drawn beside the screen.
    const uncovered = (first > 0 && before > top) || (end < rows.length && topOf(rows, end) < top + scroller.clientHeight);
    if (uncovered) this.#host.requestUpdate();
  }

  #topRow(top: number): { row: R; offset: number } | undefined {
    let y = 0;
    for (const row of this.#rows()) {
      if (y + row.height > top) return { row, offset: top - y };
      y += row.height;
    }
    return undefined;
  }

  /** Where the row that was at the top is now. */
  #heldTop(fallback: number): number {
    if (!this.#held) return fallback;
    const rows = this.#rows();
    const index = rows.indexOf(this.#held.row);
    return index < 0 ? fallback : topOf(rows, index) + this.#held.offset;
  }
}
