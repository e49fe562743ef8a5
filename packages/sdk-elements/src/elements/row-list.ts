// Scrolls a long list of which only the visible rows are drawn: follows the end until the reader scrolls up, then keeps the visible rows in place
// while others are added or removed. The host renders the rows.
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type RowWindow, topOf, windowOf } from './row-window.ts';

export interface MeasuredRow {
  height: number;
}

type Host = ReactiveControllerHost & { readonly renderRoot: DocumentFragment | HTMLElement };

/** Height drawn above and below the viewport, CSS pixels, so that fast scrolling shows no blank rows. */
const beside = 240;
/** Within this distance from the end, CSS pixels, the list counts as scrolled to its end. */
const nearEnd = 30;
const assumedScreen = 600;

export class RowList<R extends MeasuredRow> implements ReactiveController {
  readonly #host: Host;
  readonly #rows: () => readonly R[];
  readonly #resized: ResizeObserver;
  #scroller: HTMLElement | undefined;
  #following = true;
  #drawn: RowWindow = { first: 0, end: 0, before: 0, total: 0 };
  #anchor: { readonly row: R; readonly offset: number } | undefined;

  constructor(host: Host, rows: () => readonly R[]) {
    this.#host = host;
    this.#rows = rows;
    this.#resized = new ResizeObserver(() => host.requestUpdate());
    host.addController(this);
  }

  /** True while the list is scrolled to its end and follows new rows. */
  get following(): boolean {
    return this.#following;
  }

  follow(): void {
    this.#following = true;
    this.#host.requestUpdate();
  }

  /** Computes the rows to draw now; call it once per rendering. */
  draw(): RowWindow {
    const scroller = this.#scroller;
    const top = this.#following ? Number.POSITIVE_INFINITY : (scroller?.scrollTop ?? 0);
    this.#drawn = windowOf(this.#rows(), top, scroller?.clientHeight || assumedScreen, beside);
    return this.#drawn;
  }

  /** Handler of the scroll event. */
  readonly onScroll = (): void => {
    const scroller = this.#scroller;
    if (!scroller) return;
    this.#following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEnd;
    this.#anchor = this.#following ? undefined : this.#topRow(scroller.scrollTop);
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

  /** Positions the drawn rows by their heights, and restores the scroll position. */
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
    const top = this.#following ? Math.max(0, total - scroller.clientHeight) : this.#anchorTop(scroller.scrollTop);
    if (Math.abs(scroller.scrollTop - top) > 1) scroller.scrollTop = top;
    // Rows are missing in the viewport when their estimated heights were too far off. The list is then drawn again with the measured heights.
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

  /**
   * Returns the scroll position that keeps the anchor in place. The anchor is the top row at the last scroll event. Returns `fallback` when there
   * is no anchor or its row was removed.
   */
  #anchorTop(fallback: number): number {
    if (!this.#anchor) return fallback;
    const rows = this.#rows();
    const index = rows.indexOf(this.#anchor.row);
    return index < 0 ? fallback : topOf(rows, index) + this.#anchor.offset;
  }
}
