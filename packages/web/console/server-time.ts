// Estimates the cluster's time, because the clock of the operator's computer may be wrong. The `date` header of the api's replies gives the time with
// an error of about a second; the monotonic clock advances it between replies.

/** A `date` header has no fractions of a second, so on average it is half a second behind. */
const halfSecondMs = 500;
let offsetMs: number | undefined;

/** Updates the estimate from the `date` header of a reply. `sentAt` is the performance.now() at which the request was sent. */
export function learnTime(date: string | null, sentAt: number): void {
  const time = date === null ? Number.NaN : Date.parse(date);
  if (!Number.isNaN(time)) offsetMs = time + halfSecondMs - (sentAt + performance.now()) / 2;
}

/** The cluster's time, milliseconds since 1970; the local clock until the first reply. */
export function serverTime(): number {
  return offsetMs === undefined ? Date.now() : performance.now() + offsetMs;
}
