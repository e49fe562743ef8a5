// The viewer's client: one connection, any number of rooms, and the viewer's own messages.
import { checkRoomName, DanmuxError, type Msg, type Notice, ownRoom } from '@danmux/protocol';
import { Connection } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { ClientOptions, ClientState } from './options.ts';
import { Room } from './room.ts';
import type { JoinOptions } from './room-events.ts';

export interface ClientEvents {
  state: ClientState;
  /** What the server tells this viewer, in one room or in all: muted, unmuted, kicked, banned, unbanned, token_expired. */
  notice: Notice;
  /** A message for this user alone, in no room; each once. */
  message: Msg;
  /** The client stopped, since trying again cannot help; or, when its state is not `closed`, waits for `retryAfterMs` (a short ban). */
  error: DanmuxError;
}

export class Client extends Emitter<ClientEvents> {
  readonly #options: ClientOptions;
  readonly #connection: Connection;
  readonly #rooms = new Map<string, Room>();
  /** What is sent to this user in no room, as a room: its positions, recalls and gaps. Absent for guests and with `own: false`. */
  readonly me: Room | undefined;
  #stopLooking: (() => void) | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#connection = new Connection(options);
    const connection = this.#connection;
    connection.on('state', (state) => this.#became(state));
    connection.on('notice', (notice) => this.#notice(notice));
    connection.on('error', (error) => this.emit('error', error));
    connection.on('frame', (frame) => this.#rooms.get(frame.room)?.frame(frame));
    connection.on('gap', (gap) => this.#rooms.get(gap.room)?.gap(gap));
    connection.on('presence', ({ room, online }) => this.#rooms.get(room)?.presence(online));
    this.me = this.#joinOwn();
    if (options.whileHidden !== 'all') this.#stopLooking = connection.visibility?.onChange(() => this.#looked());
    connection.open();
  }

  get state(): ClientState {
    return this.#connection.state;
  }

  /** The server's time, milliseconds since 1970, whatever the page's clock says: what `ts`, `until` and `expires_at` are to be compared with. */
  serverTime(): number {
    return this.#connection.time.now();
  }

  /** The room, joined as soon as the connection stands and again whenever it comes back. */
  join(name: string, options: JoinOptions = {}): Room {
    return this.#enter(checkRoomName(name), options);
  }

  /** Ends everything; nothing of it runs on. */
  close(): void {
    for (const room of this.#rooms.values()) room.end();
    this.#rooms.clear();
    this.#stopLooking?.();
    this.#connection.close();
    this.removeAll();
  }

  /** What was sent before this client came was for another time: it begins with nothing, and then misses nothing. */
  #joinOwn(): Room | undefined {
    if (this.#options.token === undefined || this.#options.own === false) return undefined;
    const me = this.#enter(ownRoom, { history: 0 });
    me.on('message', (msg) => this.emit('message', msg));
    return me;
  }

  #enter(name: string, options: JoinOptions): Room {
    if (this.state === 'closed') throw new DanmuxError('unavailable', { message: 'The client is closed.' });
    const known = this.#rooms.get(name);
    if (known) return known;
    const room = new Room(name, this.#connection, { ...this.#options, ...options }, () => this.#rooms.delete(name));
    this.#rooms.set(name, room);
    if (this.#options.whileHidden !== 'all') room.looked(!this.#connection.visibility?.hidden);
    // After the caller had its turn to listen.
    queueMicrotask(() => this.state === 'online' && room.connected());
    return room;
  }

  #looked(): void {
    const looked = !this.#connection.visibility?.hidden;
    for (const room of this.#rooms.values()) room.looked(looked);
    if (!looked) return;
    this.#connection.hurry();
    // Any join tells the time.
    const [joined] = [...this.#rooms.values()].filter((room) => room.joined);
    if (this.#connection.time.doubtful) joined?.joinAgain();
  }

  #notice(notice: Notice): void {
    if (notice.room !== undefined) this.#rooms.get(notice.room)?.notice(notice);
    this.emit('notice', notice);
  }

  #became(state: ClientState): void {
    for (const room of this.#rooms.values()) {
      if (state === 'online') room.connected();
      else room.disconnected();
    }
    this.emit('state', state);
  }
}

/** Connects at once. */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}
