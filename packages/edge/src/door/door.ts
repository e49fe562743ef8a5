// Listens for viewers, admits them, and owns the session of each connection until it ends. Refuses new viewers while the edge drains or is
// full, and banned users at any time. Dispatch handles the viewer events.
import type { Server as HttpServer } from 'node:http';
import type { Bus } from '@danmux/bus';
import type { Rules } from '@danmux/policy';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime, TokenVerifier } from '@danmux/runtime';
import { noticeOf } from '../moderation/enforcement.ts';
import type { OutboxParts } from '../outbox/outbox.ts';
import { type ReleasedConn, releasePolls } from '../outbox/polls.ts';
import { type EndedConn, endTransport } from '../outbox/transport-end.ts';
import type { Dispatch } from '../requests/dispatch.ts';
import type { Rooms } from '../room/rooms.ts';
import { sendAway } from '../session/drain.ts';
import { Session, type ViewerSocket } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import { slimSocket, useNoRooms } from '../session/slim-socket.ts';
import type { WatchKeys } from '../session/watch-keys.ts';
import { bannedError, type Viewer } from '../viewer/viewer.ts';
import { ClusterControl } from './cluster-control.ts';
import { type PingedConn, Pinger } from './pinger.ts';
import { addressOf, createHttpServer, createViewerServer, type ViewerServer } from './viewer-server.ts';

export interface DoorParts {
  readonly sessions: Sessions;
  readonly tokens: Pick<TokenVerifier, 'verify'>;
  readonly keys: Pick<WatchKeys, 'admit'>;
  /** Shared by the outboxes of all sessions. */
  readonly outbox: OutboxParts;
  readonly rules: Pick<Rules, 'everywhere'>;
  readonly requests: Pick<Dispatch, 'run'>;
  readonly rooms: Pick<Rooms, 'exitAll'>;
}

export class Door {
  readonly #runtime: Runtime;
  readonly #parts: DoorParts;
  readonly #http: HttpServer;
  readonly #io: ViewerServer;
  readonly #control: ClusterControl | undefined;
  readonly #pinger: Pinger;
  /** One listener shared by all sockets: a closure per socket would cost memory for every viewer. */
  readonly #onEvent: (this: ViewerSocket, event: string, ...args: unknown[]) => void;
  readonly #onDisconnect: (this: ViewerSocket, reason: string) => void;
  #draining = false;

  constructor(runtime: Runtime, bus: Pick<Bus, 'engine'>, parts: DoorParts) {
    this.#runtime = runtime;
    this.#parts = parts;
    this.#http = createHttpServer(runtime);
    const { tokens, keys } = parts;
    this.#io = createViewerServer(runtime, this.#http, {
      ...{ tokens, keys },
      refuses: () => this.#refusal(),
      refusesViewer: (viewer) => this.#ban(viewer),
    });
    this.#control = bus.engine === 'redis' ? new ClusterControl(runtime, this.#io, (user) => this.#disconnectHere(user)) : undefined;
    this.#pinger = new Pinger(runtime.config.edge.ping_interval_ms);
    // Must follow the creation of ClusterControl, which sets a new adapter: `useNoRooms` overrides `addAll` of the current adapter.
    useNoRooms(this.#io);
    const door = this;
    this.#onEvent = function (event, ...args) {
      if (this.data.session) void door.#parts.requests.run(this.data.session, event, args);
    };
    this.#onDisconnect = function (reason) {
      if (this.data.session) door.#ended(this.data.session, this.conn as unknown as PingedConn, reason);
    };
    this.#io.on('connection', (socket) => this.#connected(socket));
  }

  /** `host:port` at which viewers reach this edge; valid after `start`. */
  address(): string {
    return addressOf(this.#http, this.#runtime.config.public_host || this.#runtime.config.host);
  }

  get draining(): boolean {
    return this.#draining;
  }

  async start(): Promise<void> {
    const { edge, host } = this.#runtime.config;
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(edge.port, host, () => resolve());
    });
    this.#pinger.start();
    await this.#control?.start();
  }

  /** Refuses every new viewer from now on. */
  refuse(): void {
    this.#draining = true;
  }

  /** Closes the port, so that new viewers connect to another edge, and disconnects the current viewers evenly over `edge.drain_ms`. */
  async drain(): Promise<void> {
    this.refuse();
    this.#http.close();
    await sendAway(this.#parts.sessions.all, this.#runtime.config.edge.drain_ms);
  }

  async stop(): Promise<void> {
    this.refuse();
    await this.#control?.stop();
    // Every transport is ended first, because some stock clients do not reconnect after socket.io's own close (transport-end.ts).
    const { clients } = this.#io.engine as unknown as { readonly clients: Readonly<Record<string, EndedConn>> };
    await Promise.all(Object.values(clients).map((conn) => endTransport(conn)));
    await this.#io.close();
    this.#pinger.stop();
    this.#http.closeAllConnections();
  }

  /** Disconnects all of a user's connections, on every edge. */
  disconnectUser(user: string): void {
    this.#disconnectHere(user);
    this.#control?.disconnectUser(user);
  }

  #disconnectHere(user: string): void {
    for (const session of this.#parts.sessions.of(user)) session.disconnect('disconnected');
  }

  #refusal(): DanmuxError | undefined {
    if (this.#draining) return new DanmuxError('draining', { retryAfterMs: 500 });
    if (this.#parts.sessions.size >= this.#runtime.config.edge.max_connections) {
      return new DanmuxError('unavailable', { message: 'This edge is full; connect again to reach another edge.', retryAfterMs: 2_000 });
    }
    return undefined;
  }

  #ban({ id }: Viewer): DanmuxError | undefined {
    const ban = this.#parts.rules.everywhere('ban', id);
    return ban && bannedError(ban, this.#runtime.clock.now());
  }

  #connected(socket: ViewerSocket): void {
    const { sessions, outbox, rules } = this.#parts;
    const { metrics, config } = this.#runtime;
    const session = new Session(this.#runtime, socket, outbox, sessions.takeId());
    socket.data.session = session;
    this.#pinger.add(socket.conn as unknown as PingedConn);
    sessions.add(session);
    metrics.sessions.set(sessions.size);
    metrics.connections.inc({ transport: socket.conn.transport.name });
    socket.onAny(this.#onEvent);
    socket.on('disconnect', this.#onDisconnect);
    if (socket.conn.transport.name === 'polling')
      releasePolls(socket.conn as unknown as ReleasedConn, () => session.rooms.size > 0, config.edge.ping_interval_ms);
    slimSocket(socket);
    // The user may have been banned between the handshake and this point.
    const ban = rules.everywhere('ban', session.viewer.id);
    if (!ban) return;
    // Through socket.io: the outbox would still queue it behind the reply to the handshake, and drop it with the connection.
    socket.emit('notice', noticeOf('ban', ban));
    session.disconnect('banned');
  }

  #ended(session: Session, conn: PingedConn, reason: string): void {
    const { sessions, rooms } = this.#parts;
    const { metrics } = this.#runtime;
    this.#pinger.remove(conn);
    // A client that only leaves the namespace keeps its connection open. The edge closes that connection, because the pinger no longer checks it.
    conn.close();
    sessions.delete(session);
    metrics.sessions.set(sessions.size);
    metrics.disconnections.inc({ reason: session.closedBecause ?? reason });
    rooms.exitAll(session);
    session.ended();
  }
}
