// The edge role: wires the door, the sessions, the rooms and the bus together. It knows rooms and lanes, never what a message
// means, and needs no relay, api or worker to hold its viewers.
import type { Server as HttpServer } from 'node:http';
import type { Bus, BusFrame } from '@danmux/bus';
import { laneTotals, Membership, Publisher, type RoleNumbers, TraceHops, totalOf } from '@danmux/cluster';
import { Rules } from '@danmux/policy';
import { DanmuxError, type Gap } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import { ClusterControl } from './door/cluster-control.ts';
import { type PingedConn, Pinger } from './door/pinger.ts';
import { addressOf, createHttpServer, createViewerServer, type ViewerServer } from './door/viewer-server.ts';
import { DeliveryReceipts } from './fan-out/delivery-receipts.ts';
import { FanOut } from './fan-out/fan-out.ts';
import { Feeds } from './feed/feeds.ts';
import { Recovery } from './feed/recovery.ts';
import { Enforcement, noticeOf } from './moderation/enforcement.ts';
import { createFilter } from './moderation/filter/message-filter.ts';
import { HiddenMessages } from './moderation/hidden-messages.ts';
import { SendGuard } from './moderation/send-guard.ts';
import { DeliveryLedger } from './outbox/delivery-ledger.ts';
import { encodeGap } from './outbox/encoded-frame.ts';
import { Flusher } from './outbox/flusher.ts';
import type { OutboxParts } from './outbox/outbox.ts';
import { PersonalMessages } from './personal/messages.ts';
import { Dispatch } from './requests/dispatch.ts';
import { Handlers } from './requests/handlers.ts';
import { Hub } from './room/hub.ts';
import { JoinLeaveEvents } from './room/join-leave-events.ts';
import { Presence } from './room/presence.ts';
import { sendAway } from './session/drain.ts';
import { Session, type ViewerSocket } from './session/session.ts';
import { Sessions } from './session/sessions.ts';
import { slimSocket, useNoRooms } from './session/slim-socket.ts';
import { TokenExpiry } from './session/token-expiry.ts';
import { bannedError, type Viewer } from './viewer/viewer.ts';

export class EdgeRole implements Part {
  readonly name = 'edge';
  readonly #runtime: Runtime;
  readonly #http: HttpServer;
  readonly #io: ViewerServer;
  readonly #hub = new Hub();
  readonly #feeds: Feeds;
  readonly #handlers: Handlers;
  readonly #dispatch: Dispatch;
  readonly #sessions = new Sessions();
  readonly #control: ClusterControl | undefined;
  readonly #flusher = new Flusher();
  readonly #fanOut: FanOut;
  readonly #rules: Rules;
  readonly #hops: TraceHops;
  readonly #pinger: Pinger;
  /** What the outboxes of all sessions share. */
  readonly #shared: OutboxParts;
  /** What it must know of the store before viewers come; started first and ended last. */
  readonly #knowing: Part[];
  /** Ended when all viewers are gone. */
  readonly #last: Part;
  /** Started in this order, ended in the reverse. */
  readonly #parts: Part[];
  /** One listener for all sockets: a closure for each would be memory of every viewer. */
  readonly #onEvent: (this: ViewerSocket, event: string, ...args: unknown[]) => void;
  readonly #onDisconnect: (this: ViewerSocket, reason: string) => void;
  #draining = false;

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#http = createHttpServer(runtime);
    this.#io = createViewerServer(runtime, this.#http, { refuses: () => this.#refusal(), refusesViewer: (viewer) => this.#ban(viewer) });
    const ledger = new DeliveryLedger(runtime);
    this.#pinger = new Pinger(runtime.config.edge.ping_interval_ms);
    this.#shared = { ledger, flusher: this.#flusher, cap: runtime.config.edge.outbox_bytes };
    const receipts = new DeliveryReceipts(runtime, bus);
    this.#fanOut = new FanOut(runtime, { hub: this.#hub, ledger, sessionsOf: (user) => this.#sessions.of(user), receipts });
    this.#feeds = new Feeds(runtime, bus, {
      frame: (frame) => this.#deliver(frame),
      gap: (gap) => this.#tellGap(gap),
      again: (room, repeated) => this.#fanOut.again(room, repeated),
      recalled: (room, ids) => this.#fanOut.recall(room, ids),
    });
    const users = new JoinLeaveEvents(runtime, bus, (room) => presence.online(room));
    const presence = new Presence(runtime, bus, this.#hub, {
      pulsed: (pulses) => this.#feeds.pulse(pulses),
      came: (room, viewer) => users.came(room, viewer),
      went: (room, viewer) => users.left(room, viewer),
      tell: (room, prepared) => this.#fanOut.event(room, prepared),
    });
    const enforcement = new Enforcement({
      now: () => runtime.clock.now(),
      sessionsOf: (user) => this.#sessions.of(user),
      expel: (session, room, why) => this.#handlers.expel(session, room, why),
    });
    const rules = new Rules(runtime, bus, (change) => enforcement.changed(change));
    this.#rules = rules;
    const screen = createFilter(runtime, bus);
    const guard = new SendGuard(runtime, bus, { rules, screen });
    const hidden = new HiddenMessages(runtime, bus, (room, user, message) => this.#fanOut.tellSender(room, user, message));
    const recovery = new Recovery(runtime, bus);
    const own = new PersonalMessages(runtime, bus, { sessions: this.#sessions, ledger, receipts });
    this.#hops = new TraceHops(runtime, bus, `edge@${runtime.node}`);
    this.#handlers = new Handlers(runtime, bus, {
      publisher: new Publisher(runtime, bus, 'edge', this.#hops),
      hub: this.#hub,
      feeds: this.#feeds,
      recovery,
      presence,
      rules,
      guard,
      hidden,
      receipts,
      own,
    });
    this.#dispatch = new Dispatch(runtime, this.#handlers);
    const membership = new Membership(runtime, bus, {
      role: 'edge',
      address: () => this.address(),
      load: () => this.#sessions.size / runtime.config.edge.max_connections,
      numbers: () => this.#numbers(),
    });
    this.#control = bus.engine === 'redis' ? new ClusterControl(runtime, this.#io, (user) => this.#disconnectHere(user)) : undefined;
    useNoRooms(this.#io);
    this.#knowing = [rules, screen, own];
    this.#parts = [this.#hops, ...(this.#control ? [this.#control] : []), hidden, receipts, presence, new TokenExpiry(runtime, this.#sessions.all), membership];
    this.#last = users;
    this.#io.on('connection', (socket) => this.#connected(socket));
    const edge = this;
    this.#onEvent = function (event, ...args) {
      if (this.data.session) void edge.#dispatch.run(this.data.session, event, args);
    };
    this.#onDisconnect = function (reason) {
      if (this.data.session) edge.#ended(this.data.session, this.conn as unknown as PingedConn, reason);
    };
  }

  /** `host:port` under which viewers reach this edge; only after `start`. */
  address(): string {
    return addressOf(this.#http, this.#runtime.config.public_host || this.#runtime.config.host);
  }

  async start(): Promise<void> {
    const { edge, host } = this.#runtime.config;
    for (const part of this.#knowing) await part.start();
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(edge.port, host, () => resolve());
    });
    this.#pinger.start();
    for (const part of this.#parts) await part.start();
    this.#runtime.health.register('edge', () => {
      if (this.#draining) throw new DanmuxError('draining');
    });
  }

  /** Disconnects all of a user's connections, on every edge. */
  disconnectUser(user: string): void {
    this.#disconnectHere(user);
    this.#control?.disconnectUser(user);
  }

  #disconnectHere(user: string): void {
    for (const session of this.#sessions.of(user)) session.disconnect('disconnected');
  }

  async drain(): Promise<void> {
    this.#draining = true;
    await this.#membership().drain?.();
    // New viewers must find another edge, so the port stops listening; open connections stay.
    this.#http.close();
    await sendAway(this.#sessions.all, this.#runtime.config.edge.drain_ms);
  }

  async stop(): Promise<void> {
    this.#draining = true;
    for (const part of [...this.#parts].reverse()) await part.stop();
    await this.#io.close();
    await this.#feeds.close();
    await this.#last.stop();
    for (const part of [...this.#knowing].reverse()) await part.stop();
    this.#fanOut.stop();
    this.#flusher.stop();
    this.#pinger.stop();
    this.#http.closeAllConnections();
  }

  async #numbers(): Promise<RoleNumbers> {
    const { delivered, deliveredBytes } = this.#runtime.metrics;
    const gauges = {
      connections: this.#sessions.size,
      rooms: this.#hub.size,
      waiting_viewers: this.#flusher.size,
      waiting_bytes: this.#flusher.bytes,
    };
    return { gauges, messages: await laneTotals(delivered), outBytes: await totalOf(deliveredBytes) };
  }

  #membership(): Part {
    return this.#parts.at(-1) as Part;
  }

  #refusal(): DanmuxError | undefined {
    if (this.#draining) return new DanmuxError('draining', { retryAfterMs: 500 });
    if (this.#sessions.size >= this.#runtime.config.edge.max_connections) {
      return new DanmuxError('unavailable', { message: 'This edge is full; use another.', retryAfterMs: 2_000 });
    }
    return undefined;
  }

  #ban({ id }: Viewer): DanmuxError | undefined {
    const ban = this.#rules.everywhere('ban', id);
    return ban && bannedError(ban, this.#runtime.clock.now());
  }

  #connected(socket: ViewerSocket): void {
    const session = new Session(this.#runtime, socket, this.#shared);
    const { metrics } = this.#runtime;
    socket.data.session = session;
    this.#pinger.add(socket.conn as unknown as PingedConn);
    this.#sessions.add(session);
    metrics.sessions.set(this.#sessions.size);
    metrics.connections.inc({ transport: socket.conn.transport.name });
    socket.onAny(this.#onEvent);
    socket.on('disconnect', this.#onDisconnect);
    slimSocket(socket);
    // It may have been banned since it was let in.
    const ban = this.#rules.everywhere('ban', session.viewer.id);
    if (!ban) return;
    session.emit('notice', noticeOf('ban', ban));
    session.disconnect('banned');
  }

  #ended(session: Session, conn: PingedConn, reason: string): void {
    const { metrics } = this.#runtime;
    this.#pinger.remove(conn);
    this.#sessions.delete(session);
    metrics.sessions.set(this.#sessions.size);
    metrics.disconnections.inc({ reason: session.closedBecause ?? reason });
    this.#handlers.ended(session);
    session.ended();
    metrics.rooms.set(this.#hub.size);
  }

  #deliver(frame: BusFrame): void {
    const { metrics, log } = this.#runtime;
    const { room, traces } = frame.head;
    const viewers = this.#fanOut.frame(frame);
    metrics.rooms.set(this.#hub.size);
    for (const [id, trace] of traces) {
      log.debug({ trace, id, room, viewers, hop: 'edge' }, 'delivering');
      this.#hops.add({ room, id, trace, hop: 'delivered', viewers });
    }
  }

  #tellGap(gap: Gap): void {
    if (gap.position) this.#hub.roster(gap.room)?.forked();
    this.#fanOut.event(gap.room, encodeGap(gap));
  }
}
