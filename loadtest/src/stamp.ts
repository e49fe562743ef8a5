// What a message of the load test carries so that its way can be checked: its number in room and lane, and when it was sent.
// Both stand in `data.n`, as `number.milliseconds` in base 36, so that danmux and its peers carry the very same bytes.

export interface Stamp {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
}

export function writeStamp({ number, sentAt }: Stamp): string {
  return `${number.toString(36)}.${sentAt.toString(36)}`;
}

/** Undefined for messages that are not of the load test. */
export function readStamp(data: unknown): Stamp | undefined {
  const text = typeof data === 'object' && data !== null && 'n' in data ? data.n : undefined;
  if (typeof text !== 'string') return undefined;
  const [number = '', sentAt = ''] = text.split('.');
  return { number: Number.parseInt(number, 36), sentAt: Number.parseInt(sentAt, 36) };
}
