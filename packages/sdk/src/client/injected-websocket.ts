// The WebSocket transport of engine.io over a socket that the host opens, for hosts without the global `WebSocket`.
import { WebSocket } from 'engine.io-client';
import type { WebSocketLike } from './host.ts';

export function injectedWebSocket(open: (url: string) => WebSocketLike): typeof WebSocket {
  return class InjectedWebSocket extends WebSocket {
    override createSocket(uri: string): WebSocketLike {
      return open(uri);
    }
  };
}
