// Compares and checks entry ids of a store's logs: `MILLISECONDS-NUMBER` in Redis, one number in the memory engine.

/** Negative when `a` is before `b`, 0 when they are equal. */
export function compareEntries(a: string, b: string): number {
  const [timeA = 0, numberA = 0] = a.split('-').map(Number);
  const [timeB = 0, numberB = 0] = b.split('-').map(Number);
  return timeA - timeB || numberA - numberB;
}

/** Whether a text has the form of an entry id. API clients send entry ids back as cursors, so they are untrusted input. */
export function isEntry(text: string): boolean {
  return /^\d{1,15}(-\d{1,15})?$/.test(text);
}
