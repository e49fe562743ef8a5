// Frees the objects that socket.io, engine.io, ws and node:http keep per connection but do not use once it is open: several kilobytes per
// viewer. Behaviour does not change: shared objects are never written to, and copies have the same content.
import type { EventEmitter } from 'node:events';
import { Socket as TcpSocket } from 'node:net';
import type { Server } from 'socket.io';
import type { ViewerSocket } from './session.ts';

/** Shared by all sockets: after connecting, only the presence of a handshake is checked. */
const handshake = Object.freeze({ headers: {}, time: '', address: '', xdomain: false, secure: false, issued: 0, url: '', query: {}, auth: {} });
/** Shared empty map of pending acks: this server never sends an event with an ack. */
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

/** Stops socket.io from putting each socket in a room; Hub tracks rooms. Call after the adapter is set, because the adapter defines `addAll` too. */
export function useNoRooms(io: Server): void {
  io.of('/').adapter.addAll = () => {};
}

/** Copies the listeners into an object whose shape V8 shares across sockets; Node makes a hash table per emitter. Requires fixed event names. */
function packListeners(emitter: EventEmitter): void {
  const inside = emitter as unknown as { _events?: object };
  if (inside._events) inside._events = Object.assign(new Listeners(), inside._events);
}

/** Has no prototype members, because a viewer may send an event named `constructor`. */
class Listeners {}
Object.setPrototypeOf(Listeners.prototype, null);
delete (Listeners.prototype as { constructor?: unknown }).constructor;

/** Removes the wrappers that node:http sets on each socket; they matter only while it parses requests. */
function unwrap(tcp: TcpSocket): void {
  const { on, addListener, prependListener } = TcpSocket.prototype;
  if (Object.hasOwn(tcp, 'on')) Object.assign(tcp, { on, addListener, prependListener });
}
