// Pages of lists: page size, and opaque cursors.
import { DanmuxError } from '@danmux/protocol';

const defaultPage = 50;

/** Throws `invalid_request` above the maximum page size. */
export function pageSize(limit: string | undefined, most: number): number {
  const size = limit === undefined ? defaultPage : Number(limit);
  if (size > most) throw new DanmuxError('invalid_request', { message: `querystring: limit must be 1 to ${most}.` });
  return size;
}

/** Encodes any text for use in a URL. */
export function cursorOf(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** Throws `invalid_request` for a malformed cursor. */
export function placeOf(cursor: string): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  if (cursorOf(place) !== cursor) throw badCursor();
  return place;
}

export function badCursor(): DanmuxError {
  return new DanmuxError('invalid_request', { message: 'querystring: cursor is none that a page of this list gave.' });
}
