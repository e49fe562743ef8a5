// The cluster's time, learned from the `date` header of the api's replies to about a second and advanced by the monotonic clock, because the clock
// of the operator's computer may be wrong.

/** A date header has whole seconds, so on average it is half a second behind. */
const halfSecondMs = 500;
let offsetMs: number | undefined;

/** Learns from the date header of a reply to a request sent at `sentAt` (performance.now()). */
export function learnTime(date: string | null, sentAt: number): void {
  const time = date === null ? Number.NaN : Date.parse(date);
  if (!Number.isNaN(time)) offsetMs = time + halfSecondMs - (sentAt + performance.now()) / 2;
}

/** The cluster's time, milliseconds since 1970; the local clock until the first reply. */
export function serverTime(): number {
  return offsetMs === undefined ? Date.now() : performance.now() + offsetMs;
}
