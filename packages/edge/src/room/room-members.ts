// The distinct users of each room on this edge, and which member lists the store must be sent. A join or a leave costs one step;
// a list is made only at a report, when somebody came or went, and the rooms that changed first go first when a report is full.
import { type HashedMember, listMembers, type MemberReport, memberHash } from '@danmux/bus';
import type { RoomMember } from '@danmux/protocol';
import { memberOf, type Viewer } from '../viewer/viewer.ts';

/** Characters of lists and users looked at of one report at most; the first list goes whatever its size. */
const listsBudget = 524_288;
const usersBudget = 50_000;

interface User extends HashedMember {
  connections: number;
}

interface MembersOfRoom {
  readonly users: Map<string, User>;
  /** Of the list that was made last. */
  version: string | undefined;
  /** Of the list the store said it has. */
  stored: string | undefined;
}

export class RoomMembers {
  readonly #listed: number;
  readonly #rooms = new Map<string, MembersOfRoom>();
  /** Rooms whose list may be another than the store's, the longest waiting first. */
  readonly #waiting = new Set<string>();

  /** At most `listed` members a room are named. */
  constructor(listed: number) {
    this.#listed = listed;
  }

  /** One more connection of the viewer in the room; true when it is the user's first. */
  entered(room: string, viewer: Viewer): boolean {
    const members = this.#rooms.get(room) ?? { users: new Map<string, User>(), version: undefined, stored: undefined };
    this.#rooms.set(room, members);
    const user = members.users.get(viewer.id);
    const member = memberOf(viewer);
    // A later token may tell another name or level.
    if (!user || !sameMember(user.member, member)) {
      members.users.set(viewer.id, { member, hash: memberHash(viewer.id), connections: user?.connections ?? 0 });
      this.#waiting.add(room);
    }
    const entered = members.users.get(viewer.id);
    if (entered) entered.connections++;
    return entered?.connections === 1;
  }

  /** True when it was the user's last connection in the room. */
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

  /** Distinct users of every room, with the lists that are due. */
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

  /** What a report learned: the version of this edge's list that the store has. One it lost is sent again. */
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
