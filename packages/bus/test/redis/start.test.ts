// Starting the bus on a Redis that is slow to accept the first command, and without a Redis.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { startRedis, testRuntime } from '@danmux/testkit/unit';
import { RedisBus } from '../../src/redis/bus.ts';

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

/** A TCP proxy that delays the first bytes of each client connection by `firstWordMs(index of the connection)`. */
async function proxyTo(url: string, firstWordMs: (connection: number) => number): Promise<string> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((near) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1');
    const held = firstWordMs(connections++);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    near.once('data', (text) => {
      near.pause();
      setTimeout(() => {
        far.write(text);
        near.pipe(far);
      }, held);
    });
    far.pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function busAt(url: string): RedisBus {
  const bus = new RedisBus(testRuntime({ after }, { 'redis.url': url }));
  ends.push(() => bus.stop());
  return bus;
}

for (const late of [0, 1]) {
  test(`a subscription directly after the start succeeds when connection ${late} of two is slow`, async () => {
    const redis = await startRedis();
    ends.push(() => redis.stop());
    const bus = busAt(await proxyTo(redis.url, (connection) => (connection === late ? 500 : 0)));
    await bus.start();
    await (await bus.ingress.listen(0, () => {})).close();
    await bus.health();
  });
}

test('without a Redis the start resolves and health rejects', async () => {
  const bus = busAt('redis://127.0.0.1:9');
  await bus.start();
  await assert.rejects(bus.health(), { code: 'unavailable' });
});
