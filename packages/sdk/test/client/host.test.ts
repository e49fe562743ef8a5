// The client in other hosts than browsers: mini-program sockets and storage, hidden apps, a gateway over HTTP.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { room } from '@danmux/testkit/edge-fixture';
import { eventually } from '@danmux/testkit/unit';
import WebSocket from 'ws';
import { createClient, type Host, type MiniProgram, miniProgramHost, type WebSocketLike } from '../../src/index.ts';
import { closesAfter, openEdge } from './opened.ts';

/** A mini-program's global object, implemented with real sockets. */
function miniProgram() {
  const opened: string[] = [];
  const kept = new Map<string, string>();
  const shows: (() => void)[] = [];
  const hides: (() => void)[] = [];
  const program: MiniProgram = {
    connectSocket({ url }) {
      opened.push(url);
      const socket = new WebSocket(url);
      return {
        onOpen: (listener) => void socket.on('open', listener),
        onMessage: (listener) => void socket.on('message', (data, binary) => listener({ data: binary ? new Uint8Array(data as Buffer).buffer : String(data) })),
        onClose: (listener) => void socket.on('close', (code) => listener({ code })),
        onError: (listener) => void socket.on('error', ({ message }) => listener({ errMsg: message })),
        send: ({ data }) => socket.send(data),
        close: ({ code, reason }) => socket.close(code, reason),
      };
    },
    request({ url, success, fail }) {
      fetch(url).then(
        async (answer) => success({ statusCode: answer.status, data: await answer.json() }),
        (error: Error) => fail({ errMsg: error.message }),
      );
    },
    getStorageSync: (key) => kept.get(key) ?? '',
    setStorageSync: (key, value) => void kept.set(key, value),
    onAppShow: (listener) => void shows.push(listener),
    onAppHide: (listener) => void hides.push(listener),
    offAppShow: (listener) => void shows.splice(shows.indexOf(listener), 1),
    offAppHide: (listener) => void hides.splice(hides.indexOf(listener), 1),
  };
  const call = (listeners: (() => void)[]) => () => {
    for (const listener of [...listeners]) listener();
  };
  return { program, opened, kept, listeners: () => shows.length + hides.length, show: call(shows), hide: call(hides) };
}

test('in a mini-program the client uses its sockets, storage and requests, and buffers chat while hidden', async (t) => {
  const first = await openEdge();
  const second = await openEdge();
  const gateway = createServer((_, response) => response.end(JSON.stringify({ edges: [{ url: first.url }, { url: second.url }], ttl_ms: 60_000 }))).listen(
    0,
    '127.0.0.1',
  );
  await once(gateway, 'listening');
  t.after(() => gateway.close());
  const phone = miniProgram();
  const client = createClient({
    gateway: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/v1/gateway?room=${room}`,
    token: await first.token('ann'),
    host: miniProgramHost(phone.program),
    transports: ['websocket'],
  });
  closesAfter(client);
  const joined = client.join(room);
  const ids: string[] = [];
  joined.on('message', ({ id }) => ids.push(id));
  await eventually(() => assert.equal(joined.joined, true));
  assert.ok(phone.opened[0]?.startsWith(first.url.replace('http', 'ws')), 'the first edge of the list is opened with a socket of the host');
  assert.deepEqual([...phone.kept.values()], [first.url]);
  phone.hide();
  await first.push('chat', 'c1');
  await first.push('gift', 'g1');
  await eventually(() => assert.deepEqual(ids, ['g1']));
  await first.push('gift', 'g2');
  await eventually(() => assert.deepEqual(ids, ['g1', 'g2']));
  phone.show();
  await eventually(() => assert.deepEqual(ids, ['g1', 'g2', 'c1']));
  const { id } = await joined.send('chat', 'hi');
  await eventually(() => assert.deepEqual(ids.slice(3), [id]));
  client.close();
  assert.equal(phone.listeners(), 2, 'only the two listeners of the visibility remain');
});

test('after the device slept, the client learns the time again when it is visible', async (t) => {
  const edge = await openEdge();
  const phone = miniProgram();
  const client = createClient({ url: edge.url, token: await edge.token('ann'), host: miniProgramHost(phone.program), transports: ['websocket'], own: false });
  closesAfter(client);
  const joined = client.join(room);
  let joins = 0;
  joined.on('joined', () => joins++);
  await eventually(() => assert.equal(joins, 1));
  const { now } = Date;
  phone.hide();
  // The wall clock advances while the monotonic clock stands still, as on a sleeping device.
  t.mock.method(Date, 'now', () => now.call(Date) + 20_000);
  phone.show();
  await eventually(() => assert.equal(joins, 2));
  assert.ok(Math.abs(client.serverTime() - Date.now()) < 5_000, 'the edge in this process uses the same clock');
  phone.show();
  await joined.history();
  assert.equal(joins, 2);
});

test('a scheduled reconnect starts soon when the page is visible again or the network is back', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(Math, 'random', () => 1);
  let opened = 0;
  const called = { looked: () => {}, network: () => {} };
  const host: Host = {
    webSocket: () => {
      opened++;
      const socket: WebSocketLike = { onopen: null, onmessage: null, onclose: null, onerror: null, send: () => {}, close: () => {} };
      queueMicrotask(() => socket.onerror?.({} as never));
      return socket;
    },
    visibility: { hidden: false, onChange: (listener) => assigned(() => (called.looked = listener)) },
    onNetwork: (listener) => assigned(() => (called.network = listener)),
  };
  const client = createClient({ url: 'http://127.0.0.1:1', host, transports: ['websocket'] });
  closesAfter(client);
  const settle = async () => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  /** Fails several attempts, until the next one is scheduled with a long delay. */
  const untilItWaits = async () => {
    for (let i = 0; i < 20; i++) {
      t.mock.timers.tick(5_100);
      await settle();
    }
    const before = opened;
    while (opened === before) {
      t.mock.timers.tick(100);
      await settle();
    }
    t.mock.timers.tick(200);
    await settle();
  };
  for (const call of [() => called.looked(), () => called.network()]) {
    await untilItWaits();
    const before = opened;
    t.mock.timers.tick(300);
    await settle();
    assert.equal(opened, before, 'no attempt yet: the delay is long');
    call();
    t.mock.timers.tick(300);
    await settle();
    assert.equal(opened, before + 1);
  }
});

function assigned(assign: () => unknown): () => void {
  assign();
  return () => {};
}
