// Records the permessage-deflate offer of each WebSocket handshake that a server of this process gets, and the answer. It changes no byte.
import { type IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Handshake {
  readonly offered: string;
  readonly answered: string;
}

const extensions = /^sec-websocket-extensions: *(.*)$/im;

/** Calls `seen` with the URL of every handshake until the returned function is called. */
export function recordHandshakes(seen: (url: string, handshake: Handshake) => void): () => void {
  const { emit } = Server.prototype;
  Server.prototype.emit = function (this: Server, event: string, ...args: unknown[]): boolean {
    if (event === 'upgrade') watch(args[0] as IncomingMessage, args[1] as Socket, seen);
    return Reflect.apply(emit, this, [event, ...args]) as boolean;
  };
  return () => {
    Server.prototype.emit = emit;
  };
}

function watch(request: IncomingMessage, socket: Socket, seen: (url: string, handshake: Handshake) => void): void {
  const { write } = socket;
  const offered = request.headers['sec-websocket-extensions'] ?? '-';
  socket.write = (head: string | Uint8Array, ...rest: unknown[]) => {
    socket.write = write;
    seen(request.url ?? '', { offered, answered: extensions.exec(String(head))?.[1]?.trim() ?? '-' });
    return Reflect.apply(write, socket, [head, ...rest]) as boolean;
  };
}
