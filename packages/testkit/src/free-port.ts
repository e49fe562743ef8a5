// Finds free ports below the ephemeral range of the kernel, so that no outgoing connection takes the port before the test listens on it.
import { createServer } from 'node:net';

let next = 20_000 + (process.pid % 400) * 20;

/** Returns a port on which no process listens; successive calls return different ports. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = 20_000 + ((next++ - 20_000) % 12_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port found');
}

/** The first of `count` consecutive free ports. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const first = await freePort();
    next += count;
    const rest = await Promise.all(Array.from({ length: count - 1 }, (_, index) => isFree(first + index + 1)));
    if (rest.every(Boolean)) return first;
  }
  throw new Error(`no ${count} consecutive free ports found`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
