// The viewer's client: one connection, any number of rooms.
import { checkRoomName, DanmuxError, type Notice } from '@danmux/protocol';
import { Connection } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { ClientOptions, ClientState } from './options.ts';
import { type JoinOptions, Room } from './room.ts';

export interface ClientEvents {
  state: ClientState;
  /** What the server tells this viewer: muted, kicked, token_expired, … */
  notice: Notice;
  /** The client stopped: trying again cannot help. */
  error: DanmuxError;
}

export class Client extends Emitter<ClientEvents> {
  readonly #options: ClientOptions;
  readonly #connection: Connection;
  readonly #rooms = new Map<string, Room>();

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#connection = new Connection(options);
    const connection = this.#connection;
    connection.on('state', (state) => this.#became(state));
    connection.on('notice', (notice) => this.emit('notice', notice));
    connection.on('error', (error) => this.emit('error', error));
    connection.on('frame', (frame) => this.#rooms.get(frame.room)?.frame(frame));
    connection.on('gap', (gap) => this.#rooms.get(gap.room)?.gap(gap));
    connection.on('presence', ({ room, online }) => this.#rooms.get(room)?.presence(online));
    connection.open();
  }

  get state(): ClientState {
    return this.#connection.state;
  }

  /** The room, joined as soon as the connection stands and again whenever it comes back. */
  join(name: string, options: JoinOptions = {}): Room {
    checkRoomName(name);
    if (this.state === 'closed') throw new DanmuxError('unavailable', { message: 'The client is closed.' });
    const known = this.#rooms.get(name);
    if (known) return known;
    const room = new Room(name, this.#connection, { ...this.#options, ...options }, () => this.#rooms.delete(name));
    this.#rooms.set(name, room);
    // After the caller had its turn to listen.
    queueMicrotask(() => this.state === 'online' && room.connected());
    return room;
  }

  /** Ends everything; nothing of it runs on. */
  close(): void {
    for (const room of this.#rooms.values()) room.end();
    this.#rooms.clear();
    this.#connection.close();
    this.removeAll();
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
