// Tracks the distinct users of each room on this edge and the member lists to send to Redis. A join or leave takes constant time. Lists are
// built only at a report and for changed rooms, the longest waiting first; rooms beyond a report's caps wait for the next report.
import { type HashedMember, listMembers, type MemberReport, memberHash } from '@danmux/bus';
import type { RoomMember } from '@danmux/protocol';
import { memberOf, type Viewer } from '../viewer/viewer.ts';

/** Caps per report: characters of all lists, and users examined. The first list is sent whatever its size. */
const listsBudget = 524_288;
const usersBudget = 50_000;

interface User extends HashedMember {
  connections: number;
}

interface MembersOfRoom {
  readonly users: Map<string, User>;
  /** Version of the list built last. */
  version: string | undefined;
  /** Version of this edge's list in Redis, as of the last report. */
  stored: string | undefined;
}

export class RoomMembers {
  readonly #listed: number;
  readonly #rooms = new Map<string, MembersOfRoom>();
  /** Rooms whose list may differ from the one in Redis, the longest waiting first. */
  readonly #waiting = new Set<string>();

  /** A list names at most `listed` members per room. */
  constructor(listed: number) {
    this.#listed = listed;
  }

  /** Counts one more connection of the viewer in the room; true when it is the user's first. */
  entered(room: string, viewer: Viewer): boolean {
    const members = this.#rooms.get(room) ?? { users: new Map<string, User>(), version: undefined, stored: undefined };
    this.#rooms.set(room, members);
    this.#list(room, members, viewer);
    const entered = members.users.get(viewer.id);
    if (entered) entered.connections++;
    return entered?.connections === 1;
  }

  /** Updates the listed fields of a user in the room; call when a connection renewed its token. */
  renewed(room: string, viewer: Viewer): void {
    const members = this.#rooms.get(room);
    if (members?.users.has(viewer.id)) this.#list(room, members, viewer);
  }

  /** Lists the user with the fields of its newest token, which may have another name or level. */
  #list(room: string, { users }: MembersOfRoom, viewer: Viewer): void {
    const user = users.get(viewer.id);
    const member = memberOf(viewer);
    if (user && sameMember(user.member, member)) return;
    users.set(viewer.id, { member, hash: memberHash(viewer.id), connections: user?.connections ?? 0 });
    this.#waiting.add(room);
  }

  /** Removes one connection of the viewer from the count; true when it was the user's last in the room. */
  left(room: string, viewer: Viewer): boolean {
    const members = this.#rooms.get(room);
    const user = members?.users.get(viewer.id);
    if (!members || !user || --user.connections > 0) return false;
    members.users.delete(viewer.id);
    this.#waiting.add(room);
    if (members.users.size > 0) return true;
    this.#rooms.delete(room);
    this.#waiting.delete(room);
    return true;
  }

  /** The number of distinct users of every room, plus the member lists that must be sent. */
  report(): ReadonlyMap<string, MemberReport> {
    const reports = new Map<string, MemberReport>(Array.from(this.#rooms, ([room, { users }]) => [room, { users: users.size }]));
    let size = 0;
    let looked = 0;
    for (const room of this.#waiting) {
      const members = this.#rooms.get(room);
      if (!members || size >= listsBudget || looked >= usersBudget) break;
      this.#waiting.delete(room);
      const list = listMembers(members.users, this.#listed);
      looked += members.users.size;
      members.version = list.version;
      if (list.version === members.stored) continue;
      size += list.text.length;
      reports.set(room, { users: members.users.size, list });
    }
    return reports;
  }

  /** Records which version of this edge's list Redis has; a lost list is sent with the next report. */
  learned(room: string, stored: string | undefined): void {
    const members = this.#rooms.get(room);
    if (!members) return;
    members.stored = stored;
    if (stored !== members.version) this.#waiting.add(room);
  }
}

function sameMember(a: RoomMember, b: RoomMember): boolean {
  return a.name === b.name && a.avatar === b.avatar && a.level === b.level && String(a['roles']) === String(b['roles']);
}
