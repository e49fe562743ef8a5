// The common part of all peer processes: an HTTP server on the given port with the metrics of the process, and the message `ready` to
// the parent. Started as `node peers/NAME.js PORT REDIS_URL`.
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, register } from 'prom-client';

export const [port, redisUrl] = [Number(process.argv[2]), process.argv[3] ?? ''];

export function createHttpServer(): Server {
  collectDefaultMetrics();
  return createServer((_request, response) => {
    register.metrics().then(
      (text) => response.end(text),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
}

export function listen(server: Server): void {
  server.listen(port, '127.0.0.1', () => process.send?.('ready'));
}
