// One read of the log serves all targets that are at the same place, and what was just read serves those that come a little later.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { EventLog, LoggedEvent } from '@danmux/bus';
import { testRuntime } from '@danmux/testkit/unit';
import { LogWindow } from '../../src/delivery/log-window.ts';

/** A log whose reads are counted. */
function openWindow(count: number, text = (n: number) => JSON.stringify({ id: `e${n}`, type: 'room.users', room: 'a', ts: n, data: {} })) {
  const events: LoggedEvent[] = Array.from({ length: count }, (_, n) => ({ entry: String(n + 1), number: n + 1, text: text(n + 1) }));
  const reads: string[] = [];
  const read = async (shard: number, after: string | undefined, limit: number) => {
    reads.push(`${shard} ${after}`);
    return events.filter(({ entry }) => Number(entry) > Number(after ?? 0)).slice(0, limit);
  };
  const log = { read } as unknown as EventLog;
  const runtime = testRuntime({ after });
  return { window: new LogWindow(runtime, log), events, reads, runtime };
}

test('a thousand targets at the same place are one read, and at the end one more', async () => {
  const { window, reads } = openWindow(3);
  const found = await Promise.all(Array.from({ length: 1_000 }, () => window.after(0, undefined)));
  for (const events of found)
    assert.deepEqual(
      events.map(({ id }) => id),
      ['e1', 'e2', 'e3'],
    );
  assert.deepEqual(
    (await window.after(0, '1')).map(({ id, before }) => [id, before]),
    [
      ['e2', '1'],
      ['e3', '2'],
    ],
  );
  const ends = await Promise.all(Array.from({ length: 1_000 }, () => window.after(0, '3')));
  assert.ok(ends.every((events) => events.length === 0));
  assert.deepEqual(reads, ['0 undefined', '0 3']);
});

test('later events are read behind the others, and a target far behind reads by itself', async () => {
  const { window, events, reads } = openWindow(2_500);
  for (let after = '2000'; ; ) {
    const last = (await window.after(0, after)).at(-1);
    if (!last) break;
    after = last.entry;
  }
  events.push({ entry: '2501', number: 2_501, text: '{"id":"new","type":"room.users","room":"a","ts":1,"data":{}}' });
  assert.deepEqual(
    (await window.after(0, '2500')).map(({ id }) => id),
    ['new'],
  );
  const before = reads.length;
  assert.equal((await window.after(0, '2499'))[1]?.id, 'new');
  assert.equal(reads.length, before);
  assert.equal((await window.after(0, '7'))[0]?.id, 'e8');
  assert.equal((await window.after(0, '2499'))[1]?.id, 'new');
  assert.equal(reads.length, before + 1);
});

test('the window is bounded by events and by bytes', async () => {
  const { window, reads } = openWindow(3_000, (n) => JSON.stringify({ id: `e${n}`, type: 'room.users', room: 'a', ts: n, data: 'x'.repeat(3_000) }));
  for (let after: string | undefined, last = true; last; ) {
    const events = await window.after(0, after);
    last = events.length > 0;
    after = events.at(-1)?.entry ?? after;
  }
  const before = reads.length;
  await window.after(0, '2950');
  assert.equal(reads.length, before, 'the newest quarter of a megabyte is there');
  await window.after(0, '2850');
  assert.equal(reads.length, before + 1, 'what is older is read');
});

test('text that is no event holds up nothing and is counted', async () => {
  const { window, runtime } = openWindow(2, (n) => (n === 1 ? '{' : '{"id":"ok","type":"room.users","room":"a","ts":1,"data":{}}'));
  assert.deepEqual(
    (await window.after(0, undefined)).map(({ id, room }) => [id, room]),
    [
      ['', ''],
      ['ok', 'a'],
    ],
  );
  assert.match(await runtime.metrics.registry.metrics(), /danmux_caught_errors_total\{where="webhook-event"[^}]*\} 1/);
});
