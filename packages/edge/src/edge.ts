// The edge role: wires the door, the sessions, the rooms and the bus together. It knows rooms and lanes, never what a message
// means, and needs no relay, api or worker to hold its viewers.
import type { Server as HttpServer } from 'node:http';
import type { Bus, BusFrame } from '@danmux/bus';
import { Membership } from '@danmux/cluster';
import { DanmuxError, type Gap } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import { ClusterControl } from './cluster-control.ts';
import { DeliveryLedger } from './delivery-ledger.ts';
import { Dispatch } from './dispatch.ts';
import { sendAway } from './drain.ts';
import { Expiry } from './expiry.ts';
import { FanOut } from './fan-out.ts';
import { Feeds } from './feeds.ts';
import { Flusher } from './flusher.ts';
import { Handlers } from './handlers.ts';
import { Hub } from './hub.ts';
import type { OutboxParts } from './outbox.ts';
import { type PingedConn, Pinger } from './pinger.ts';
import { prepare } from './prepared.ts';
import { Presence } from './presence.ts';
import { Recovery } from './recovery.ts';
import { Session, type ViewerSocket } from './session.ts';
import { Sessions } from './sessions.ts';
import { spare, useNoRooms } from './spare.ts';
import { addressOf, createHttpServer, createViewerServer, type ViewerServer } from './viewer-server.ts';

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
  readonly #pinger: Pinger;
  /** What the outboxes of all sessions share. */
  readonly #shared: OutboxParts;
  /** Started in this order, ended in the reverse. */
  readonly #parts: Part[];
  /** One listener for all sockets: a closure for each would be memory of every viewer. */
  readonly #onEvent: (this: ViewerSocket, event: string, ...args: unknown[]) => void;
  readonly #onDisconnect: (this: ViewerSocket, reason: string) => void;
  #draining = false;

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#http = createHttpServer(runtime);
    this.#io = createViewerServer(runtime, this.#http, () => this.#refusal());
    const ledger = new DeliveryLedger(runtime);
    this.#pinger = new Pinger(runtime.config.edge.ping_interval_ms);
    this.#shared = { ledger, flusher: this.#flusher, cap: runtime.config.edge.outbox_bytes };
    this.#fanOut = new FanOut(runtime, this.#hub, ledger, (user) => this.#sessions.of(user));
    this.#feeds = new Feeds(runtime, bus, { frame: (frame) => this.#deliver(frame), gap: (gap) => this.#tellGap(gap) });
    const presence = new Presence(runtime, bus, this.#hub, {
      pulsed: (pulses) => this.#feeds.pulse(pulses),
      tell: (room, prepared) => this.#fanOut.event(room, prepared),
    });
    this.#handlers = new Handlers(runtime, bus, { hub: this.#hub, feeds: this.#feeds, recovery: new Recovery(runtime, bus), presence });
    this.#dispatch = new Dispatch(runtime, this.#handlers);
    const membership = new Membership(runtime, bus, {
      role: 'edge',
      address: () => this.address(),
      load: () => this.#sessions.size / runtime.config.edge.max_connections,
    });
    this.#control = bus.engine === 'redis' ? new ClusterControl(runtime, this.#io, (user) => this.#disconnectHere(user)) : undefined;
    useNoRooms(this.#io);
    this.#parts = [...(this.#control ? [this.#control] : []), presence, new Expiry(runtime, this.#sessions.all), membership];
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
    await this.#membership().drain();
    // New viewers must find another edge, so the port stops listening; open connections stay.
    this.#http.close();
    await sendAway(this.#sessions.all, this.#runtime.config.edge.drain_ms);
  }

  async stop(): Promise<void> {
    this.#draining = true;
    for (const part of [...this.#parts].reverse()) await part.stop();
    await this.#io.close();
    await this.#feeds.close();
    this.#fanOut.stop();
    this.#flusher.stop();
    this.#pinger.stop();
    this.#http.closeAllConnections();
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
    spare(socket);
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
    for (const [id, trace] of traces) log.info({ trace, id, room, viewers, hop: 'edge' }, 'delivering');
  }

  #tellGap(gap: Gap): void {
    this.#fanOut.event(gap.room, prepare('gap', gap));
  }
}
