// For peers without Redis: a second TCP port that receives lines of JSON and acknowledges each with one byte.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { port } from './peer-process.ts';

export interface Published {
  readonly room: string;
  readonly message: unknown;
}

export function takePublished(take: (published: Published) => void): void {
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      for (const published of JSON.parse(line) as Published[]) take(published);
      socket.write('.');
    });
  }).listen(port + 1, '127.0.0.1');
}
