// Tests of Pinger: one timer pings every connection once per interval, and a connection that does not answer is closed, as by engine.io.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { startEdge } from '@danmux/testkit/edge-fixture';
import { closeAfter, eventually } from '@danmux/testkit/unit';
import { WebSocket } from 'ws';
import { type PingedConn, Pinger } from '../../src/door/pinger.ts';

class Conn implements PingedConn {
  readyState = 'open';
  hasRefreshedPingTimeout = true;
  readonly pingTimeoutTimer = null;
  pingIntervalTimer: NodeJS.Timeout | null = setTimeout(() => assert.fail('its own timer is not needed any more'), 1);
  pings = 0;
  sendPacket(): void {
    this.pings++;
  }
  resetPingTimeout(): void {
    assert.equal(this.hasRefreshedPingTimeout, false);
  }
  close(): void {}
}

let pinger: Pinger;
beforeEach(() => {
  mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  pinger = new Pinger(20_000);
  pinger.start();
});
afterEach(() => {
  pinger.stop();
  mock.timers.reset();
});

test('each is pinged once an interval, the first time after a whole one', () => {
  const early = new Conn();
  pinger.add(early);
  mock.timers.tick(5_000);
  const late = new Conn();
  pinger.add(late);
  mock.timers.tick(14_999);
  assert.deepEqual([early.pings, late.pings], [0, 0]);
  mock.timers.tick(1);
  assert.deepEqual([early.pings, late.pings], [1, 0]);
  mock.timers.tick(5_000);
  assert.deepEqual([early.pings, late.pings], [1, 1]);
  mock.timers.tick(60_000);
  assert.deepEqual([early.pings, late.pings], [4, 4]);
});

test('an ended connection is forgotten, with or without `remove`', () => {
  const [told, found] = [new Conn(), new Conn()];
  pinger.add(told);
  pinger.add(found);
  pinger.remove(told);
  pinger.remove(told);
  assert.equal(pinger.size, 1);
  found.readyState = 'closed';
  mock.timers.tick(20_000);
  assert.deepEqual([pinger.size, told.pings, found.pings], [0, 0, 0]);
});

test('a viewer that does not answer a ping is gone, one that does stays', async (t) => {
  mock.timers.reset();
  const fixture = await startEdge(t, { 'edge.ping_interval_ms': 200, 'edge.ping_timeout_ms': 300 });
  const open = async (answers: boolean) => {
    const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    closeAfter(t, () => socket.terminate());
    const got = { pings: 0, closed: false };
    const token = await fixture.token('ann');
    socket.on('message', (data) => {
      if (String(data).startsWith('0')) socket.send(`40${JSON.stringify({ token })}`);
      if (String(data) !== '2') return;
      got.pings++;
      if (answers) socket.send('3');
    });
    socket.on('close', () => {
      got.closed = true;
    });
    return got;
  };
  const [alive, dead] = await Promise.all([open(true), open(false)]);
  await eventually(() => assert.deepEqual([dead?.closed, dead?.pings], [true, 1]));
  await eventually(() => assert.ok((alive?.pings ?? 0) >= 4, 'pinged again and again'));
  assert.equal(alive?.closed, false);
});
