// Lets go of what socket.io, engine.io, ws and node:http keep of every connection and nobody asks for once it is open: some
// kilobytes a viewer. It changes no behaviour: what is shared is never written, what is copied holds the same.
import type { EventEmitter } from 'node:events';
import { Socket as TcpSocket } from 'node:net';
import type { Server } from 'socket.io';
import type { ViewerSocket } from './session.ts';

/** What is read of a handshake after it: nothing but that it is there. */
const handshake = Object.freeze({ headers: {}, time: '', address: '', xdomain: false, secure: false, issued: 0, url: '', query: {}, auth: {} });
/** Acks of the server's own questions to viewers, of which there are none. */
const acks = new Map();

interface Inside {
  handshake: unknown;
  acks: unknown;
  readonly conn: EventEmitter & {
    request: unknown;
    readonly transport: EventEmitter & { readonly socket?: EventEmitter & { readonly _socket?: TcpSocket; readonly _receiver?: EventEmitter } };
  };
}

export function slimSocket(socket: ViewerSocket): void {
  const inside = socket as unknown as Inside;
  const { conn } = inside;
  inside.handshake = handshake;
  inside.acks = acks;
  conn.request = undefined;
  const { transport } = conn;
  const { socket: webSocket } = transport;
  for (const emitter of [socket as unknown as EventEmitter, conn, transport, webSocket, webSocket?._receiver, webSocket?._socket])
    if (emitter) packListeners(emitter);
  if (webSocket?._socket) unwrap(webSocket._socket);
}

/** socket.io puts every socket into a room of its own. The hub knows who is where; only when the adapter stands, since it brings its own. */
export function useNoRooms(io: Server): void {
  io.of('/').adapter.addAll = () => {};
}

/** Listeners by name as an object of a shape many share; node makes each a hash table of its own. Their names are fixed. */
function packListeners(emitter: EventEmitter): void {
  const inside = emitter as unknown as { _events?: object };
  if (inside._events) inside._events = Object.assign(new Listeners(), inside._events);
}

/** Nothing is inherited: a viewer may call its event `constructor`. */
class Listeners {}
Object.setPrototypeOf(Listeners.prototype, null);
delete (Listeners.prototype as { constructor?: unknown }).constructor;

/** node:http gives every socket wrappers of its own around these, which only matter while it parses requests. */
function unwrap(tcp: TcpSocket): void {
  const { on, addListener, prependListener } = TcpSocket.prototype;
  if (Object.hasOwn(tcp, 'on')) Object.assign(tcp, { on, addListener, prependListener });
}
