// Computes which rows of a long list to draw: the visible ones and some above and below, with unequal heights. It loops over all
// rows; for ten thousand rows that takes less time than drawing a single row.

export interface RowWindow {
  /** Index of the first row to draw; `end` is exclusive. */
  readonly first: number;
  readonly end: number;
  /** Height of the rows before `first`, CSS pixels; `total` is the height of all rows. */
  readonly before: number;
  readonly total: number;
}

export interface Row {
  readonly height: number;
}

/** `top`: the scroll position, limited to the end of the list; `screen`: the viewport's height; `beside`: extra height to draw above and below. */
export function windowOf(rows: readonly Row[], top: number, screen: number, beside: number): RowWindow {
  let total = 0;
  for (const { height } of rows) total += height;
  const from = Math.max(0, Math.min(top, total - screen)) - beside;
  const to = from + screen + 2 * beside;
  let first = rows.length;
  let end = rows.length;
  let before = total;
  let y = 0;
  for (const [index, { height }] of rows.entries()) {
    if (first === rows.length && y + height > from) {
      first = index;
      before = y;
    }
    if (y >= to) {
      end = index;
      break;
    }
    y += height;
  }
  return { first, end, before, total };
}

/** Distance of row `index` from the top of the list, CSS pixels. */
export function topOf(rows: readonly Row[], index: number): number {
  let y = 0;
  for (let i = 0; i < index; i++) y += rows[i]?.height ?? 0;
  return y;
}
