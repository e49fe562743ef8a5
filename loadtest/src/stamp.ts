// The stamp of a message of the load test: its number in room and lane, and its send time. Both are in `data.n`, as
// `number.milliseconds` in base 36, so that danmux and its peers carry the same bytes.

export interface Stamp {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
}

export function writeStamp({ number, sentAt }: Stamp): string {
  return `${number.toString(36)}.${sentAt.toString(36)}`;
}

/** Returns undefined for messages of other publishers. */
export function readStamp(data: unknown): Stamp | undefined {
  const text = typeof data === 'object' && data !== null && 'n' in data ? data.n : undefined;
  if (typeof text !== 'string') return undefined;
  const [number = '', sentAt = ''] = text.split('.');
  return { number: Number.parseInt(number, 36), sentAt: Number.parseInt(sentAt, 36) };
}
