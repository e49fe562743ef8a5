// Pages of an audience, for viewers and for the admin API. The cursor is the rank (level and id) of the page's last member, not an
// index, so that joins and leaves between two pages do not skip or repeat other members.
import { DanmuxError, type RoomMember } from '@danmux/protocol';
import type { Audience } from './audience.ts';
import { byRank, levelOf, placeOf } from './member-list.ts';

/** One page of the members of a room, with the counts of the whole room. */
export interface AudiencePage extends Omit<Audience, 'members'> {
  members: RoomMember[];
  /** Pass this cursor to get the next page; null on the last page. */
  cursor: string | null;
}

/** Throws `invalid_request` when the cursor does not come from an earlier page. */
export function pageOf({ online, users, members, complete }: Audience, cursor: string | undefined, limit: number): AudiencePage {
  const start = cursor === undefined ? 0 : placeOf(members, decodeCursor(cursor), byRank);
  const page = members.slice(start, start + limit);
  const last = page.at(-1);
  return { online, users, members: page, complete, cursor: last && start + limit < members.length ? encodeCursor(last) : null };
}

function encodeCursor(member: RoomMember): string {
  return Buffer.from(JSON.stringify([levelOf(member), member.id])).toString('base64url');
}

function decodeCursor(cursor: string): RoomMember {
  const [level, id] = parse(Buffer.from(cursor, 'base64url').toString());
  if (typeof level === 'number' && typeof id === 'string' && encodeCursor({ level, id }) === cursor) return { level, id };
  throw new DanmuxError('invalid_request', { message: 'cursor is invalid: pass the cursor of the previous page, or none for the first page.' });
}

function parse(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    // The caller rejects an empty array with `invalid_request`.
    return [];
  }
}
