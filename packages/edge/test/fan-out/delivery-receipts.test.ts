// Tests of receipts on one edge: each viewer in the room counts once as sent to, and once as received when it answers; nobody else counts.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import type { ReceiptCount } from '@danmux/bus';
import type { Msg } from '@danmux/protocol';
import { testConfig, testRuntime } from '@danmux/testkit/unit';
import { DeliveryReceipts } from '../../src/fan-out/delivery-receipts.ts';
import { RoomSessions } from '../../src/room/room-sessions.ts';
import type { Session } from '../../src/session/session.ts';

const config = testConfig();
const runtime = testRuntime({ after });
const room = 'live:1';

let reports: (readonly (ReceiptCount & { id: string })[])[];
let away: boolean;
let receipts: DeliveryReceipts;
let sessions: RoomSessions;
beforeEach(() => {
  mock.timers.enable({ apis: ['setInterval'] });
  reports = [];
  away = false;
  sessions = new RoomSessions(room);
  receipts = new DeliveryReceipts(runtime, {
    receipts: {
      open: async () => {},
      find: async () => null,
      report: async (counts) => {
        if (away) throw new Error('away');
        reports.push(counts);
      },
    },
  });
});
afterEach(async () => {
  mock.timers.reset();
  await receipts.stop();
});

let connections = 0;
const session = (user = 'u') => ({ connectionId: connections++, viewer: { id: user } }) as unknown as Session;
function enter(): Session {
  const one = session();
  sessions.add(one);
  return one;
}
function pass(...ids: string[]): void {
  receipts.track(ids, sessions, sessions.nextFrame());
  receipts.delivered(room, ids, sessions.size);
}
/** After the next report. */
async function reported(): Promise<(readonly [string, number, number])[]> {
  mock.timers.tick(500);
  await new Promise((resolve) => setImmediate(resolve));
  return (reports.at(-1) ?? []).map(({ id, sent, received }) => [id, sent, received] as const);
}
const replay = (id: string, ts = Date.now()): Msg => ({ id, lane: 'gift', type: 'gift', data: 1, receipt: true, ts });

test('counts whom it was sent to and who answered, each once, in one report a while', async () => {
  const all = Array.from({ length: 100 }, enter);
  pass('g1', 'g2');
  for (const one of all.slice(0, 90)) receipts.answered(one, room, ['g1']);
  for (const one of all.slice(0, 5)) receipts.answered(one, room, ['g1', 'g2', 'unknown']);
  assert.deepEqual(await reported(), [
    ['g1', 100, 90],
    ['g2', 100, 5],
  ]);
  assert.equal(reports[0]?.[0]?.edge, runtime.node);
  await reported();
  assert.equal(reports.length, 1, 'nothing new, nothing said');
  receipts.answered(all[95] as Session, room, ['g1']);
  assert.deepEqual(await reported(), [['g1', 100, 91]]);
});

test('viewers that joined later, in another room, or never, are not counted', async () => {
  const ann = enter();
  pass('g');
  const late = enter();
  receipts.answered(late, room, ['g']);
  receipts.answered(session(), room, ['g']);
  receipts.answered(ann, 'live:2', ['g']);
  assert.deepEqual(await reported(), [['g', 1, 0]]);
});

test('a viewer that came back is counted as sent to once, and its receipt counts', async () => {
  const back = enter();
  receipts.replayed(back, room, [replay('g'), { ...replay('silent'), receipt: false }, replay('old', Date.now() - 60_000)]);
  receipts.answered(back, room, ['g', 'silent', 'old']);
  assert.deepEqual(await reported(), [['g', 0, 1]]);
  assert.equal(receipts.size, 1);
});

test('a message for a user is answered by its connections and no other user’s', async () => {
  receipts.deliveredTo('ann', '@3', 'm', 2);
  for (const one of [session('ann'), session('ann'), session('bob')]) receipts.answered(one, '@3', ['m']);
  assert.deepEqual(await reported(), [['m', 2, 2]]);
});

test('counts that could not be reported are reported when Redis is back', async () => {
  enter();
  pass('g');
  away = true;
  await reported();
  assert.deepEqual(reports, []);
  away = false;
  assert.deepEqual(await reported(), [['g', 1, 0]]);
});

test('follows so many messages at once, the newest, and none past its time', async (t) => {
  const ann = enter();
  for (let i = 0; i < 1_500; i++) pass(`g${i}`);
  assert.equal(receipts.size, 1_000);
  receipts.answered(ann, room, ['g0', 'g1499']);
  const counts = await reported();
  assert.equal(counts.length, 1_500, 'what was counted is told');
  assert.deepEqual(counts.at(-1), ['g1499', 1, 1]);
  const later = performance.now() + config.receipts.timeout_ms + 5_001;
  t.mock.method(performance, 'now', () => later);
  await reported();
  assert.equal(receipts.size, 0);
});
