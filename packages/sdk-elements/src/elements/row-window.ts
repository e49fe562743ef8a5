// Which rows of a long list of unequal heights are drawn: those on the screen and some beside them. Pure arithmetic. It goes through all
// rows, which for some ten thousands takes less than drawing one of them.

export interface RowWindow {
  /** The first row to draw, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** Height of the rows before `first`, and of all, CSS pixels. */
  readonly before: number;
  readonly total: number;
}

export interface Row {
  readonly height: number;
}

/** `top` is where the screen begins, from the list's upper end; past the end it is the list's last screen. */
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

/** Where row `index` begins. */
export function topOf(rows: readonly Row[], index: number): number {
  let y = 0;
  for (let i = 0; i < index; i++) y += rows[i]?.height ?? 0;
  return y;
}
