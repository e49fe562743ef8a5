// Online counts and members of the rooms of this edge: reports them to the bus, reads the sum over all edges from the answer, and
// sends viewers a changed sum, at most once a second a room.
import { type Audience, type Bus, type RoomPulse, withMember } from '@danmux/bus';
import type { Part, Runtime } from '@danmux/runtime';
import { type EncodedFrame, encodeEvent } from '../outbox/encoded-frame.ts';
import { memberOf, type Viewer } from '../viewer/viewer.ts';
import type { Hub } from './hub.ts';
import { RoomMembers } from './room-members.ts';

interface RoomOnline {
  /** This edge's connections at the last report. */
  reported: number;
  /** Over all edges, at the last report. */
  total: number;
  /** The total viewers were last sent, and when by `performance.now`. */
  sent: number;
  sentAt: number;
  /** Runs while a change waits for its second. */
  timer: NodeJS.Timeout | undefined;
}

export interface PresenceParts {
  readonly hub: Hub;
  readonly feeds: {
    /** The answer of each report: how far the streams of the rooms are. */
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
  #timer: NodeJS.Timeout | undefined;
  #reporting: Promise<void> | undefined;

  constructor(runtime: Runtime, bus: Bus, parts: PresenceParts) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#hub = parts.hub;
    this.#parts = parts;
    this.#members = new RoomMembers(runtime.config.edge.members_listed);
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#tick(), this.#runtime.config.edge.presence_interval_ms);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reporting;
    // Counted out at once instead of after the ttl.
    for (const { timer } of this.#rooms.values()) clearTimeout(timer);
    const none = new Map([...this.#rooms.keys()].map((room) => [room, 0]));
    this.#rooms.clear();
    if (none.size === 0) return;
    await this.#bus.presence
      .report(this.#runtime.node, none, 1)
      .catch((error: unknown) => this.#runtime.log.debug({ err: error }, 'could not take the counts back; they end by themselves'));
  }

  /** One more connection of the viewer in the room; true when it is the user's first on this edge. */
  entered(room: string, viewer: Viewer): boolean {
    return this.#members.entered(room, viewer);
  }

  /** One connection less; true when it was the user's last on this edge. */
  left(room: string, viewer: Viewer): boolean {
    return this.#members.left(room, viewer);
  }

  /** Who is in the room over all edges, at most a report and a second ago; `viewer`, who is in it, always. */
  async audience(room: string, viewer: Viewer): Promise<Audience> {
    return withMember(await this.#bus.presence.audience(room), memberOf(viewer));
  }

  /** Connections in the room over all edges, this edge's up to date. */
  async online(room: string): Promise<number> {
    const elsewhere = await this.elsewhere(room);
    return elsewhere + this.#hub.count(room);
  }

  /** Connections in the room over all other edges, as the last report says. */
  async elsewhere(room: string): Promise<number> {
    // A report under way may have counted this edge's viewers already: what it learns tells.
    if (!this.#rooms.has(room)) await this.#reporting;
    const known = this.#rooms.get(room);
    return known ? known.total - known.reported : this.#bus.presence.online(room);
  }

  #tick(): void {
    this.#reporting ??= this.#report()
      .catch((error: unknown) => {
        this.#runtime.caught('presence', error, 'could not report presence', { level: 'debug' });
      })
      .finally(() => {
        this.#reporting = undefined;
      });
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
