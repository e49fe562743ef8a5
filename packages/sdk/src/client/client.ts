// The viewer's client: one connection, any number of joined rooms, and the personal messages of the token's user.
import { checkRoomName, DanmuxError, type Notice, personalRoom } from '@danmux/protocol';
import { Connection } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { Message } from './message.ts';
import type { ClientOptions, ClientState } from './options.ts';
import { Room } from './room.ts';
import type { JoinOptions } from './room-events.ts';

/** The events of a client and their payloads. */
export interface ClientEvents {
  /** The state changed. */
  state: ClientState;
  /** A notice for this viewer, for one room or for all: muted, unmuted, kicked, banned, unbanned, room_forbidden, token_expired. */
  notice: Notice;
  /** A personal message to this user, outside any room; each is emitted once. */
  message: Message;
  /**
   * The client could not connect, or, while `online`, could not renew its token. When `state` is `closed`, it has stopped, because a retry cannot
   * help: for example, no edge allows the page's origin (`origin_forbidden`). Otherwise it retries by itself. It waits for `retryAfterMs` when the
   * viewer is banned for at most an hour or the token is not valid yet. It retries with backoff when it got no token, when it got no edge from
   * the gateway, or when its token was refused and the token function may return a better one.
   */
  error: DanmuxError;
}

/** A viewer: one connection that is kept open, its joined rooms and its personal messages. Create it with `createClient`. */
export class Client extends Emitter<ClientEvents> {
  readonly #options: ClientOptions;
  readonly #connection: Connection;
  readonly #rooms = new Map<string, Room>();
  /** The user's personal messages as a room, with positions, recalls and gaps. Undefined for guests and with the option `own: false`. */
  readonly me: Room | undefined;
  #stopLooking: (() => void) | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#connection = new Connection(options);
    const connection = this.#connection;
    connection.on('state', (state) => this.#onState(state));
    connection.on('notice', (notice) => this.#notice(notice));
    connection.on('error', (error) => this.emit('error', error));
    connection.on('renewed', () => this.#onRenewed());
    connection.on('frame', (frame) => this.#rooms.get(frame.room)?.frame(frame));
    connection.on('gap', (gap) => this.#rooms.get(gap.room)?.gap(gap));
    connection.on('presence', ({ room, online }) => this.#rooms.get(room)?.presence(online));
    this.me = this.#joinPersonal();
    if (options.whileHidden !== 'all') this.#stopLooking = connection.visibility?.onChange(() => this.#onVisibility());
    connection.open();
  }

  /** The state of the connection: connected, trying to connect, or stopped for good. */
  get state(): ClientState {
    return this.#connection.state;
  }

  /** The server's time, milliseconds since 1970, independent of the page's clock: compare `ts`, `until` and `expires_at` with it. */
  serverTime(): number {
    return this.#connection.time.now();
  }

  /**
   * Returns the room and joins it as soon as the client is connected, and again after every reconnect. A second call with the same name returns
   * the same room. Throws a DanmuxError: `unavailable` after `close`, or the error of an invalid room name.
   */
  join(name: string, options: JoinOptions = {}): Room {
    return this.#enter(checkRoomName(name), options);
  }

  /** Leaves all rooms and disconnects; no timer remains. */
  close(): void {
    for (const room of this.#rooms.values()) room.end();
    this.#rooms.clear();
    this.#stopLooking?.();
    this.#connection.close();
    this.removeAll();
  }

  /** Requests no history: only personal messages sent after this client started are emitted. A reconnect recovers missed ones by position. */
  #joinPersonal(): Room | undefined {
    if (this.#options.token === undefined || this.#options.own === false) return undefined;
    const me = this.#enter(personalRoom, { history: 0 });
    me.on('message', (msg) => this.emit('message', msg));
    return me;
  }

  #enter(name: string, options: JoinOptions): Room {
    if (this.state === 'closed') throw new DanmuxError('unavailable', { message: 'The client is closed.' });
    const entered = this.#rooms.get(name);
    if (entered) return entered;
    const room = new Room(name, this.#connection, { ...this.#options, ...options }, () => this.#rooms.delete(name));
    this.#rooms.set(name, room);
    if (this.#options.whileHidden !== 'all') room.setVisible(!this.#connection.visibility?.hidden);
    // Deferred, so that the caller can add its listeners first.
    queueMicrotask(() => this.state === 'online' && room.connected());
    return room;
  }

  #onVisibility(): void {
    const visible = !this.#connection.visibility?.hidden;
    for (const room of this.#rooms.values()) room.setVisible(visible);
    if (!visible) return;
    this.#connection.reconnectSoon();
    // One room is joined again when the server's time has become doubtful, because the join reply contains the time.
    const [joined] = [...this.#rooms.values()].filter((room) => room.joined);
    if (this.#connection.time.doubtful) joined?.joinAgain();
  }

  #notice(notice: Notice): void {
    if (notice.room !== undefined) this.#rooms.get(notice.room)?.notice(notice);
    this.emit('notice', notice);
  }

  /** Joins rooms again that the previous token did not allow, because the new one may allow them. */
  #onRenewed(): void {
    for (const room of this.#rooms.values()) if (room.refusal?.code === 'room_forbidden') room.connected();
  }

  #onState(state: ClientState): void {
    for (const room of this.#rooms.values()) {
      if (state === 'online') room.connected();
      else room.disconnected();
    }
    this.emit('state', state);
  }
}

/** Creates a client and starts to connect. Throws a DanmuxError `invalid_request` when neither `url` nor `gateway` names a server. */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}
