// The archive contains every sent message once, in order, also after a crash between the lines and the cursor, on both engines.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Bus } from '@danmux/bus';
import { endProcess, endProcesses, engines, type Process, startJobs, withMethods } from '@danmux/testkit/engines';
import { eventually } from '@danmux/testkit/unit';
import { secret } from '@danmux/testkit/webhook-consumer';
import { ArchiveWork } from '../../src/archive/archive-work.ts';

const ts = Date.UTC(2026, 0, 31);
let offset = 0;

async function sent({ bus }: Process, room: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `m${++offset}`);
  const messages = ids.map((id) => ({ id, lane: 'gift', offset: Number(id.slice(1)), type: 'gift', data: {}, ts }));
  await bus.events.emit(room, [JSON.stringify({ id: `e${offset}`, type: 'message.sent', room, ts, data: { messages } })]);
  return ids;
}

for (const engine of engines) {
  describe(`archive on ${engine.name}`, () => {
    let dir: string;
    before(async () => {
      await engine.open();
      dir = mkdtempSync(join(tmpdir(), 'danmux-archive-'));
    });
    afterEach(endProcesses);
    after(async () => {
      rmSync(dir, { recursive: true, force: true });
      await engine.close();
    });

    const lines = (where: string, room: string) => {
      const path = join(dir, where, '2026-01-31', `${room}.jsonl`);
      const text = readFileSync(path, 'utf8').trimEnd();
      return text.split('\n').map((line) => (JSON.parse(line) as { id: string }).id);
    };

    test('sent messages are written soon, one file per room, and the log is trimmed', async () => {
      const [process] = (await engine.processes(1, { 'archive.dir': join(dir, 'plain') })) as [Process];
      const archive = new ArchiveWork(process.runtime, process.bus, process.jobs);
      await startJobs(process);
      await archive.start();
      const first = await sent(process, 'live:1', 3);
      const other = await sent(process, 'vip', 2);
      await process.bus.events.emit('live:1', [JSON.stringify({ id: 'x', type: 'moderation.recall', room: 'live:1', ts, data: {} }), 'no event']);
      await eventually(() => assert.deepEqual([lines('plain', 'live~1'), lines('plain', 'vip')], [first, other]));
      const more = await sent(process, 'live:1', 250);
      await eventually(() => assert.deepEqual(lines('plain', 'live~1'), [...first, ...more]));
      await eventually(async () => {
        for (let shard = 0; shard < 2; shard++) assert.equal((await process.bus.events.read(shard, undefined, 1)).length, 0);
      });
      await archive.stop();
      await endProcess(process);
    });

    test('after a crash before the cursor moved no line is repeated; the log is trimmed behind the slowest consumer', async () => {
      const set = { 'archive.dir': join(dir, 'crash'), 'webhooks.url': 'https://hooks.example/', 'webhooks.secret': secret };
      const [process] = (await engine.processes(1, set)) as [Process];
      const dead = withMethods(process.bus, {
        records: withMethods(process.bus.records, {
          // The worker stores that a round begins, and then crashes.
          setIf: (record, version, fields) => (fields.get('begun') ? process.bus.records.setIf(record, version, fields) : Promise.reject(new Error('killed'))),
        }),
      });
      const ids = await sent(process, 'live:1', 5);
      const write = async (bus: Bus) => {
        const archive = new ArchiveWork(process.runtime, bus, process.jobs);
        for (let shard = 0; shard < 2; shard++) {
          await archive.write({ data: { shard }, signal: new AbortController().signal }).catch((error: unknown) => assert.match(String(error), /killed/));
        }
      };
      await write(dead);
      assert.deepEqual(lines('crash', 'live~1'), ids);
      ids.push(...(await sent(process, 'live:1', 2)));
      await write(process.bus);
      assert.deepEqual(lines('crash', 'live~1'), ids);
      await write(process.bus);
      assert.deepEqual(lines('crash', 'live~1'), ids);
      const left = await Promise.all([0, 1].map((shard) => process.bus.events.read(shard, undefined, 10)));
      assert.equal(left.flat().length, 2, 'the webhooks have not read them');
      await endProcess(process);
    });

    test('nothing is written without a folder', async () => {
      const [process] = (await engine.processes(1)) as [Process];
      const archive = new ArchiveWork(process.runtime, process.bus, process.jobs);
      await archive.start();
      await sent(process, 'live:1', 1);
      await archive.write({ data: { shard: 0 }, signal: new AbortController().signal });
      assert.deepEqual(readdirSync(dir).sort(), ['crash', 'plain']);
      await archive.stop();
      await endProcess(process);
    });
  });
}
