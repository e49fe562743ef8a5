// A WebSocket transport for engine.io that uses a socket opened by the host, for hosts without a global `WebSocket`.
import { WebSocket } from 'engine.io-client';
import type { WebSocketLike } from './host.ts';

export function injectedWebSocket(open: (url: string) => WebSocketLike): typeof WebSocket {
  return class InjectedWebSocket extends WebSocket {
    override createSocket(uri: string): WebSocketLike {
      return open(uri);
    }
  };
}
