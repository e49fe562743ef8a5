// For peers without a Redis: a TCP port beside the viewers' that takes lines of JSON frames and answers each line with a byte.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { port } from './peer-process.ts';

export interface PublishedFrame {
  readonly room: string;
  readonly msgs: readonly unknown[];
}

export function takeFrames(take: (frame: PublishedFrame) => void): void {
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      for (const frame of JSON.parse(line) as PublishedFrame[]) take(frame);
      socket.write('.');
    });
  }).listen(port + 1, '127.0.0.1');
}
