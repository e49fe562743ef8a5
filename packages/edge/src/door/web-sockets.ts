// The WebSocket server of an edge: ws, with danmux's own answer to permessage-deflate offers and its own inflater. ws alone would answer with
// parameters that were not offered, and would refuse a connection when it cannot parse an offer.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { chooseOffer, type DeflateParams, deflateHeader } from './deflate-offer.ts';
import { type InflateMemory, Inflater } from './inflater.ts';

const header = 'sec-websocket-extensions';

interface Inside {
  /** The extensions of the connection, by name. The connection's receiver and sender share this object and read it for each message. */
  readonly _extensions: Record<string, unknown>;
}

/** The class that engine.io creates the WebSocket server from (`wsEngine`). */
export function webSocketsWith(memory: InflateMemory): new (options: ServerOptions) => WebSocketServer {
  return class extends WebSocketServer {
    override handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (webSocket: WebSocket, request: IncomingMessage) => void): void {
      const params = this.options.perMessageDeflate ? chosen(request.headers[header], memory) : undefined;
      // ws sees the chosen parameters as the only offer, accepts it and answers with the same parameters.
      if (params) request.headers[header] = deflateHeader(params);
      else delete request.headers[header];
      super.handleUpgrade(request, socket, head, (webSocket, upgraded) => {
        if (params) (webSocket as unknown as Inside)._extensions['permessage-deflate'] = new Inflater(webSocket, params, memory);
        done(webSocket, upgraded);
      });
    }
  };
}

function chosen(offers: string | undefined, memory: InflateMemory): DeflateParams | undefined {
  const params = offers === undefined ? undefined : chooseOffer(offers);
  return memory.full && !params?.['client_no_context_takeover'] ? undefined : params;
}
