// One page of an audience, for viewers and for the admin API. The cursor is the rank of the page's last member, so that who
// comes or goes meanwhile neither hides nor doubles anybody else.
import { DanmuxError, type RoomMember } from '@danmux/protocol';
import type { Audience } from './audience.ts';
import { byRank, levelOf, placeOf } from './member-list.ts';

export interface AudiencePage extends Omit<Audience, 'members'> {
  members: RoomMember[];
  /** Where the next page begins; null after the last. */
  cursor: string | null;
}

/** Throws `invalid_request` on a cursor that no page gave. */
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
  throw new DanmuxError('invalid_request', { message: 'cursor is not one that a page before gave.' });
}

function parse(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    // Whoever made it up is told by the caller.
    return [];
  }
}
