// Reports the online counts and members of this edge's rooms to Redis, reads the cluster-wide totals from the reply, and sends viewers a
// changed total at most once a second per room.
import { type Audience, type Bus, type RoomPulse, withMember } from '@danmux/bus';
import { type Part, Periodic, type Runtime } from '@danmux/runtime';
import { type EncodedFrame, encodeEvent } from '../outbox/encoded-frame.ts';
import { memberOf, type Viewer } from '../viewer/viewer.ts';
import type { Hub } from './hub.ts';
import { RoomMembers } from './room-members.ts';

interface RoomOnline {
  /** This edge's connections at the last report. */
  reported: number;
  /** Connections on all edges, as of the last report. */
  total: number;
  /** The total last sent to viewers, and the `performance.now()` time it was sent. */
  sent: number;
  sentAt: number;
  /** Set while a changed total waits until a second has passed since `sentAt`. */
  timer: NodeJS.Timeout | undefined;
}

export interface PresenceParts {
  readonly hub: Hub;
  readonly feeds: {
    /** Gets the heads of the rooms' streams, which Redis returns in the reply to each presence report. */
    pulse(pulses: ReadonlyMap<string, RoomPulse>): void;
  };
  readonly fanOut: {
    /** Writes an event to every viewer of the room on this edge. */
    event(room: string, event: EncodedFrame): void;
  };
}

const sendEveryMs = 1_000;

export class Presence implements Part {
  readonly name = 'presence';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #hub: Hub;
  readonly #parts: PresenceParts;
  readonly #rooms = new Map<string, RoomOnline>();
  readonly #members: RoomMembers;
  readonly #reporting: Periodic;

  constructor(runtime: Runtime, bus: Bus, parts: PresenceParts) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#hub = parts.hub;
    this.#parts = parts;
    this.#members = new RoomMembers(runtime.config.edge.members_listed);
    const failure = { where: 'presence', message: 'could not report presence', level: 'debug' } as const;
    this.#reporting = new Periodic(runtime, { everyMs: runtime.config.edge.presence_interval_ms, ...failure }, () => this.#report());
  }

  async start(): Promise<void> {
    this.#reporting.start();
  }

  async stop(): Promise<void> {
    await this.#reporting.stop();
    // Reports zero connections, so the counts drop now instead of after the TTL.
    for (const { timer } of this.#rooms.values()) clearTimeout(timer);
    const none = new Map([...this.#rooms.keys()].map((room) => [room, 0]));
    this.#rooms.clear();
    if (none.size === 0) return;
    await this.#bus.presence
      .report(this.#runtime.node, none, 1)
      .catch((error: unknown) => this.#runtime.log.debug({ err: error }, 'could not withdraw the presence counts; they expire after their TTL'));
  }

  /** Counts one more connection of the viewer in the room; true when it is the user's first on this edge. */
  entered(room: string, viewer: Viewer): boolean {
    return this.#members.entered(room, viewer);
  }

  /** Lists the user with the fields of its new token. */
  renewed(room: string, viewer: Viewer): void {
    this.#members.renewed(room, viewer);
  }

  /** Removes one connection of the viewer from the count; true when it was the user's last on this edge. */
  left(room: string, viewer: Viewer): boolean {
    return this.#members.left(room, viewer);
  }

  /** The room's members on all edges, stale by at most one report interval plus a second. Always includes `viewer`, who is in the room. */
  async audience(room: string, viewer: Viewer): Promise<Audience> {
    return withMember(await this.#bus.presence.audience(room), memberOf(viewer));
  }

  /** Connections in the room on all edges; this edge's share is current, the rest is from the last report. */
  async online(room: string): Promise<number> {
    const elsewhere = await this.elsewhere(room);
    return elsewhere + this.#hub.count(room);
  }

  /** Connections in the room on all other edges, as of the last report. */
  async elsewhere(room: string): Promise<number> {
    // A pending report may include this edge's viewers; wait for its reply so they are not counted twice.
    if (!this.#rooms.has(room)) await this.#reporting.running;
    const known = this.#rooms.get(room);
    return known ? known.total - known.reported : this.#bus.presence.online(room);
  }

  async #report(): Promise<void> {
    const counts = new Map<string, number>();
    for (const room of this.#rooms.keys()) counts.set(room, 0);
    for (const room of this.#hub.rooms) counts.set(room, this.#hub.count(room));
    if (counts.size === 0) return;
    const { presence_ttl_ms } = this.#runtime.config.edge;
    const pulses = await this.#bus.presence.report(this.#runtime.node, counts, presence_ttl_ms, this.#members.report());
    for (const [room, { list }] of pulses) this.#members.learned(room, list);
    for (const [room, reported] of counts) {
      if (reported === 0 && this.#hub.count(room) === 0) this.#forget(room);
      else this.#learned(room, reported, pulses.get(room)?.online ?? reported);
    }
    this.#parts.feeds.pulse(pulses);
  }

  #learned(room: string, reported: number, total: number): void {
    const known = this.#rooms.get(room) ?? { reported, total, sent: -1, sentAt: Number.NEGATIVE_INFINITY, timer: undefined };
    known.reported = reported;
    known.total = total;
    this.#rooms.set(room, known);
    this.#sendTotal(room, known);
  }

  #sendTotal(room: string, known: RoomOnline): void {
    if (known.total === known.sent || known.timer) return;
    const now = performance.now();
    const wait = known.sentAt + sendEveryMs - now;
    if (wait > 0) {
      known.timer = setTimeout(() => {
        known.timer = undefined;
        this.#sendTotal(room, known);
      }, wait);
      return;
    }
    known.sent = known.total;
    known.sentAt = now;
    this.#parts.fanOut.event(room, encodeEvent('presence', { room, online: known.total }, { room, urgent: false }));
  }

  #forget(room: string): void {
    clearTimeout(this.#rooms.get(room)?.timer);
    this.#rooms.delete(room);
  }
}
