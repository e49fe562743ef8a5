// The cluster's time from the `date` header of the api's replies: to the second, continued by the monotonic clock. The local
// clock may be wrong.

/** A date header is half a second old on average. */
const halfSecondMs = 500;
let offsetMs: number | undefined;

/** The date header of a reply to a request sent at `sentAt`, on the monotonic clock. */
export function learnTime(date: string | null, sentAt: number): void {
  const time = date === null ? Number.NaN : Date.parse(date);
  if (!Number.isNaN(time)) offsetMs = time + halfSecondMs - (sentAt + performance.now()) / 2;
}

/** Milliseconds since 1970; by the local clock until the first reply. */
export function serverTime(): number {
  return offsetMs === undefined ? Date.now() : performance.now() + offsetMs;
}
