// A record without fields expires after an hour in memory too, and restarts above its old version.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testRuntime } from '@danmux/testkit/unit';
import { MemoryRecords } from '../../src/memory/records.ts';

const hourMs = 3_600_000;
const modes = (value: string | null) => new Map([['modes', value === null ? null : { value }]]);

test('a record without fields expires after an hour; a new field cancels that', async () => {
  let now = 1_000_000;
  const records = new MemoryRecords(testRuntime({ after }, {}, { clock: { now: () => now } }));
  await records.set('room:a', modes('1'));
  const last = await records.set('room:a', modes(null));
  await records.set('room:b', new Map([['mute:ann', { value: '', until: now + 10 }]]));
  now += 10;
  records.sweep();
  now += hourMs - 11;
  assert.equal(await records.version('room:a'), last);
  await records.set('room:b', modes('2'));
  now += 1;
  assert.deepEqual([await records.version('room:a'), (await records.get('room:b')).fields.size], [0, 1]);
  now += hourMs;
  records.sweep();
  assert.equal((await records.get('room:b')).fields.size, 1);
  const again = await records.setIf('room:a', 0, modes('3'));
  assert.ok(again && again > last, `${again} after ${last}`);
});
