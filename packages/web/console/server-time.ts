// The cluster's time, as the `date` of the api's answers tells it: to the second, carried on by the monotonic clock. The clock of the
// machine that looks may be wrong.

/** A date's second has passed by half on average. */
const halfSecondMs = 500;
let offsetMs: number | undefined;

/** An answer to what was asked at `asked`, on the monotonic clock, had this date. */
export function heardTime(date: string | null, asked: number): void {
  const time = date === null ? Number.NaN : Date.parse(date);
  if (!Number.isNaN(time)) offsetMs = time + halfSecondMs - (asked + performance.now()) / 2;
}

/** Milliseconds since 1970; by this machine's clock until the api answered. */
export function serverTime(): number {
  return offsetMs === undefined ? Date.now() : performance.now() + offsetMs;
}
