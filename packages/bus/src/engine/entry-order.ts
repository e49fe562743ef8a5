// The order of places in a store's logs. Redis names them `MILLISECONDS-NUMBER`, the memory engine by one number.

/** Negative when `a` is before `b`, 0 when they are the same. */
export function compareEntries(a: string, b: string): number {
  const [timeA = 0, numberA = 0] = a.split('-').map(Number);
  const [timeB = 0, numberB = 0] = b.split('-').map(Number);
  return timeA - timeB || numberA - numberB;
}

/** True of what can be a place: entries come back from people, in cursors. */
export function isEntry(text: string): boolean {
  return /^\d{1,15}(-\d{1,15})?$/.test(text);
}
