// Opaque cursors of lists and the default size of a page. A cursor is the position of the last row of a page, in base64url.
import { DanmuxError } from '@danmux/protocol';

/** Rows in a page of a request without `limit`. */
export const defaultPage = 50;

/** The cursor of a position. It needs no escaping in a URL. */
export function cursorOf(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/** The position in a cursor. Throws `invalid_request` for a malformed cursor. */
export function positionOf(cursor: string): string {
  const position = Buffer.from(cursor, 'base64url').toString();
  if (cursorOf(position) !== cursor) throw badCursor();
  return position;
}

export function badCursor(): DanmuxError {
  return new DanmuxError('invalid_request', { message: 'querystring: cursor must be the cursor of an earlier page of this list.' });
}
