// A small load test: 200 viewers of danmux in one process for three seconds. Every published message must reach each sampled viewer, once
// and in order, and the other viewers must receive the same frames.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startDanmux } from '../src/servers/danmux.ts';
import { Stage } from '../src/stage.ts';

const viewers = 200;
const cores = { server: undefined, clients: undefined };
const server = await startDanmux({ core: undefined, shedding: false });
const stage = await Stage.build(server, { cores, viewers, rooms: 2, sampleEvery: 20, progress: () => {} });
after(() => stage.stop());

test('every viewer joins', { timeout: 60_000 }, async () => {
  const opened = await stage.open();
  assert.equal(opened.joined, viewers);
  assert.equal(opened.joinMs.percentiles('join')?.count, viewers);
});

test('published messages arrive completely, in order, and are counted', { timeout: 60_000 }, async () => {
  const rates = { chat: 100, gift: 10 };
  await stage.publish(rates);
  const window = await stage.watch(3, 'smoke');
  const { verdict, publisher, ledger, unbalanced, ended } = await stage.settle();
  assert.deepEqual(ended, {});
  assert.equal(verdict.viewers, 10);
  assert.deepEqual([verdict.compared, verdict.different], [viewers, 0]);
  // A sampled viewer sees its own room, every second message of all.
  for (const lane of ['chat', 'gift']) {
    const accepted = publisher.accepted[lane] ?? 0;
    assert.ok(accepted > 0, `nothing of lane ${lane} was published`);
    assert.deepEqual(verdict.lanes[lane], { received: accepted * 5, missing: 0, outOfOrder: 0 });
  }
  assert.deepEqual(unbalanced, []);
  assert.equal(ledger?.accepted['chat'], publisher.accepted['chat']);
  // Half of all viewers get each message. Wide bounds: other tests may run beside this one.
  const expected = (rates.chat + rates.gift) * (viewers / 2);
  assert.ok(
    window.deliveriesPerSecond > expected / 2 && window.deliveriesPerSecond < expected * 1.5,
    `${window.deliveriesPerSecond} deliveries/s for ${expected}`,
  );
  assert.ok((window.latencies['gift']?.p99 ?? 0) > 0);
  assert.ok((window.loopLagP99 ?? 0) > 0);
});

test('disconnected viewers reconnect with their positions and miss no gift', { timeout: 60_000 }, async () => {
  await stage.publish({ chat: 20, gift: 20 });
  await stage.watch(1, 'before the cut');
  assert.equal(await stage.cut(), viewers);
  const back = await stage.reopen({ recover: true });
  assert.equal(back.joined, viewers);
  const { verdict } = await stage.settle();
  assert.equal(verdict.lanes['gift']?.missing, 0);
  assert.equal(verdict.lanes['gift']?.outOfOrder, 0);
});
