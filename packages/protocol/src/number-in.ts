// Reads a number that a backend sends as a JSON number or as text. Servers and the SDK use it, so that both read `data` alike.

/** The finite number that the value is, or that its text states; undefined for anything else, such as blank text. */
export function numberIn(value: unknown): number | undefined {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}
