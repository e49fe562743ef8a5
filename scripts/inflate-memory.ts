// `npm run inflate-memory`: measures the memory that an edge needs for viewers whose client compresses with context takeover. It prints the live
// memory of a real edge per viewer after each viewer has sent 1, 8 and 64 KiB, once uncompressed and once compressed. A measurement, not a test.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants, createDeflateRaw } from 'node:zlib';
import { startEdge } from '@danmux/testkit/edge-fixture';

const viewers = 200;
/** KiB that each viewer has sent at each measurement, in messages of about 1 KiB. */
const steps = [1, 8, 64];
const [, file = '', kind] = process.argv;

/**
 * Runs in the child process, which is the edge. It reports its port and a token. At each message from the parent it collects garbage and reports its
 * live memory: heap and external, including that of zlib.
 */
async function serve(): Promise<void> {
  // The parent kills this process, so nothing needs to be closed.
  const edge = await startEdge({ after: () => {} }, { shedding: 'off', 'edge.ping_interval_ms': 600_000 });
  const port = Number(new URL(edge.url).port);
  const token = await edge.token('ann', {}, 3_600);
  process.on('message', () => {
    for (let i = 0; i < 3; i++) (globalThis as { gc?: () => void }).gc?.();
    const { heapUsed, external } = process.memoryUsage();
    // RSS would not do: malloc keeps the memory of many short messages after they are freed, compressed or not.
    process.send?.({ live: heapUsed + external });
  });
  process.send?.({ port, token });
}

/** A masked client frame; the mask is zero, so the payload stays as it is. */
function frame(payload: Buffer, compressed: boolean): Buffer {
  const head = payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([compressed ? 0xc1 : 0x81, ...head, 0, 0, 0, 0]), payload]);
}

/** Encodes messages as client frames: all compressed with one shared context, or all uncompressed. */
async function framesOf(texts: readonly string[], compress: boolean): Promise<Buffer[]> {
  const deflate = createDeflateRaw();
  const frames: Buffer[] = [];
  for (const text of texts) {
    if (!compress) {
      frames.push(frame(Buffer.from(text), false));
      continue;
    }
    deflate.write(text);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    const data = deflate.read() as Buffer;
    frames.push(frame(data.subarray(0, -4), true));
  }
  return frames;
}

async function measure(compress: boolean): Promise<number[]> {
  const child = fork(file, ['edge'], { execArgv: [...process.execArgv, '--expose-gc'] });
  const told = async <T>() => (await once(child, 'message'))[0] as T;
  const { port, token } = await told<{ port: number; token: string }>();
  const live = async () => {
    child.send('live');
    return (await told<{ live: number }>()).live;
  };
  const sockets: Socket[] = [];
  const path = '/socket.io/?EIO=4&transport=websocket';
  const headers = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
  for (let index = 0; index < viewers; index++) {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`);
    await once(socket, 'data');
    socket.write(frame(Buffer.from(`40${JSON.stringify({ token })}`), false));
    socket.resume();
  }
  await settled();
  const send = (data: string) => `42["send",{"room":"live:1","type":"chat","data":"${data}","cid":"c"}]`;
  const texts = Array.from({ length: steps.at(-1) ?? 0 }, () => send(randomBytes(720).toString('base64')));
  const frames = await framesOf(texts, compress);
  const before = await live();
  const results: number[] = [];
  let sent = 0;
  for (const upTo of steps) {
    for (; sent < upTo; sent++) {
      for (const socket of sockets) socket.write(frames[sent] ?? Buffer.alloc(0));
      await settled();
    }
    results.push((await live()) - before);
  }
  for (const socket of sockets) socket.destroy();
  child.kill('SIGKILL');
  return results.map((bytes) => bytes / viewers / 1_024);
}

/** Waits 150 ms, in which the server reads everything that was sent. No event reports that it has done so. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 150));

if (kind === 'edge') await serve();
else {
  console.log(`KiB of live memory a viewer, ${viewers} viewers, after each has sent ${steps.map((step) => `${step} KiB`).join(', ')}`);
  for (const [name, compress] of [
    ['uncompressed', false],
    ['compressed with context', true],
  ] as const)
    console.log(`${name}: ${(await measure(compress)).map((value) => value.toFixed(1)).join(', ')}`);
  process.exit(0);
}
