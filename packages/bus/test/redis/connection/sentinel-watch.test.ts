// A connection leaves the old master as soon as a sentinel announces a new one; a connection to the new master stays.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, beforeEach, test } from 'node:test';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { RedisConnection } from '../../../src/redis/connection/connection.ts';

/** A fake sentinel: answers queries for the master's address and publishes announcements. */
class FakeSentinel {
  readonly #server: Server;
  readonly #listeners = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  master = 0;

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#listeners.delete(socket));
      socket.on('data', (data) => this.#answer(socket, data.toString().toLowerCase()));
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as { port: number }).port;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  say(...words: string[]): void {
    const text = words.join(' ');
    for (const socket of this.#listeners) socket.write(`*3\r\n$7\r\nmessage\r\n$14\r\n+switch-master\r\n$${text.length}\r\n${text}\r\n`);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #answer(socket: Socket, asked: string): void {
    // One answer per pipelined command; each begins with its number of arguments.
    for (const command of asked.split(/(?=\*\d+\r\n)/)) {
      if (command.includes('subscribe')) {
        this.#listeners.add(socket);
        socket.write('*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n');
      } else if (command.includes('get-master-addr')) {
        const port = String(this.master);
        socket.write(`*2\r\n$9\r\n127.0.0.1\r\n$${port.length}\r\n${port}\r\n`);
      } else if (command.includes('sentinels')) socket.write('*0\r\n');
      else if (command.includes('hello')) socket.write("-ERR unknown command 'hello'\r\n");
      else socket.write('+OK\r\n');
    }
  }
}

const portOf = ({ url }: RedisServer) => Number(new URL(url).port);
let one: RedisServer;
let other: RedisServer;
let sentinel: FakeSentinel;
let connection: RedisConnection;
beforeEach(async () => {
  [one, other] = await Promise.all([startRedis(), startRedis()]);
  sentinel = new FakeSentinel();
  const port = await sentinel.listen();
  sentinel.master = portOf(one);
  connection = new RedisConnection(testRuntime({ after }, { 'redis.url': `redis+sentinel://127.0.0.1:${port}/main` }), 'test');
  connection.start();
  await eventually(() => assert.ok(connection.up && sentinel.listeners === 1));
});
afterEach(async () => {
  connection.stop();
  sentinel.close();
  await Promise.all([one.stop(), other.stop()]);
});

const connectedTo = async () => /tcp_port:(\d+)/.exec(await (connection.client as { info(section: string): Promise<string> }).info('server'))?.[1];

test('after a planned failover the connection leaves the old master, which still accepts writes; announcements of further sentinels change nothing', async () => {
  let closed = 0;
  connection.client.on('close', () => closed++);
  assert.equal(await connectedTo(), String(portOf(one)));
  sentinel.master = portOf(other);
  const news = ['main', '127.0.0.1', String(portOf(one)), '127.0.0.1', String(portOf(other))];
  sentinel.say('another-group', ...news.slice(1));
  sentinel.say(...news);
  await eventually(async () => assert.equal(await connectedTo(), String(portOf(other))));
  sentinel.say(...news);
  await eventually(() => connection.client.ping());
  assert.equal(closed, 1);
});

test('stopping a connection ends its sentinel subscription', async () => {
  connection.stop();
  await eventually(() => assert.equal(sentinel.listeners, 0));
});
