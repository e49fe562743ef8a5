// Tests of Rooms on a memory bus: hub, presence counts, feed, rules and session agree on who is in a room after every enter and exit, also
// when a step of the join rejects and when the viewer leaves meanwhile.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Bus } from '@danmux/bus';
import { Rules, ruleRecords, sanctionField } from '@danmux/policy';
import { DanmuxError } from '@danmux/protocol';
import { type CallName, closeAfter, type Gate, gated, testBus, testRuntime } from '@danmux/testkit/unit';
import { Feeds } from '../../src/feed/feeds.ts';
import { Hub } from '../../src/room/hub.ts';
import { Presence } from '../../src/room/presence.ts';
import { Rooms } from '../../src/room/rooms.ts';
import type { Session } from '../../src/session/session.ts';
import { viewerOf } from '../../src/viewer/viewer.ts';
import { fakeSession } from '../fake-session.ts';

const room = 'live:1';

interface FakeViewer {
  readonly viewer: ReturnType<typeof viewerOf>;
  readonly held: Set<string>;
  closed: boolean;
}
type FakeSession = Session & FakeViewer;

let bus: Bus;
let gate: Gate<Bus>;
let hub: Hub;
let feeds: Feeds;
let rules: Rules;
let rooms: Rooms;
/** Users that entered a room, and not left it. */
let users: string[];
let roomsGauge: () => Promise<number | undefined>;

async function open(context: TestContext): Promise<void> {
  const runtime = testRuntime(context);
  bus = testBus(context, runtime);
  await bus.start();
  gate = gated(bus);
  hub = new Hub();
  feeds = new Feeds(runtime, gate.open, { frame: () => {}, gap: () => {}, recalled: () => {} });
  closeAfter(context, () => feeds.close());
  rules = new Rules(runtime, gate.open);
  closeAfter(context, () => rules.stop());
  await rules.start();
  users = [];
  rooms = new Rooms(runtime, {
    ...{ hub, feeds, rules },
    presence: new Presence(runtime, gate.open, { hub, feeds, fanOut: { event: () => {} } }),
    joinLeaveEvents: {
      joined: (where, { id }) => void users.push(`${where} ${id}`),
      left: (where, { id }) => {
        assert.ok(users.includes(`${where} ${id}`), `${id} left ${where} without entering it`);
        users.splice(users.indexOf(`${where} ${id}`), 1);
      },
    },
  });
  roomsGauge = async () => (await runtime.metrics.rooms.get()).values[0]?.value;
}

function session(user: string): FakeSession {
  const held = new Set<string>();
  const fields: FakeViewer & Partial<Session> = {
    ...{ viewer: viewerOf({ sub: user, exp: 1 }), held, closed: false },
    holdFrames: (where: string) => void held.add(where),
    releaseFrames: (where: string) => void held.delete(where),
    restoreFrames: (where: string) => void held.delete(where),
    dropFrames: (where: string) => void held.delete(where),
    joinedFrom: () => {},
  };
  return fakeSession(fields) as FakeSession;
}

/** Asserts that exactly these sessions are in the room, for each of the five structures, and that no other room is open. */
async function mustHold(inside: readonly FakeSession[], outside: readonly FakeSession[] = [], text = ''): Promise<void> {
  const occupied = inside.length > 0 ? 1 : 0;
  const names = [...new Set(inside.map(({ viewer }) => `${room} ${viewer.id}`))].sort();
  assert.deepEqual(
    { inHub: hub.count(room), rooms: hub.size, feeds: feeds.size, rules: rules.rooms, users: [...users].sort(), gauge: (await roomsGauge()) ?? 0 },
    { inHub: inside.length, rooms: occupied, feeds: occupied, rules: occupied, users: names, gauge: occupied },
    text,
  );
  for (const one of inside) assert.ok(one.rooms.has(room), `${text}: ${one.viewer.id} has the room`);
  for (const one of outside) assert.deepEqual([[...one.rooms], [...one.held]], [[], []], `${text}: ${one.viewer.id} has no room and no held frames`);
}

const banned = (user: string) => bus.records.set(ruleRecords.room(room), new Map([[sanctionField('ban', user), { value: '{"by":"mod","at":1}' }]]));
const limitedTo = (count: number) => bus.records.set(ruleRecords.room(room), new Map([['modes', { value: JSON.stringify({ max_online: count }) }]]));

test('after each enter and exit the five structures agree', async (context) => {
  await open(context);
  const [ann, second, bob] = [session('ann'), session('ann'), session('bob')];
  const entry = await rooms.enter(ann, room);
  assert.deepEqual([entry.again, entry.feed.room, entry.heads], [false, room, entry.feed.heads]);
  assert.deepEqual([...ann.held], [room], 'frames are held until the join is answered');
  await mustHold([ann], [second, bob]);
  await rooms.enter(bob, room);
  await rooms.enter(second, room);
  await mustHold([ann, second, bob]);
  rooms.exit(ann, room);
  await mustHold([second, bob], [ann], 'ann has another connection');
  rooms.exit(second, room);
  await mustHold([bob], [ann, second]);
  rooms.exit(bob, room);
  await mustHold([], [ann, second, bob]);
  rooms.exit(bob, room);
  await mustHold([], [bob], 'a second exit changes nothing');
});

test('a session that enters again keeps one membership, also when both joins run at the same time', async (context) => {
  await open(context);
  const ann = session('ann');
  await rooms.enter(ann, room);
  assert.equal((await rooms.enter(ann, room)).again, true);
  await mustHold([ann]);
  rooms.exit(ann, room);
  await mustHold([], [ann]);
  const entries = await Promise.all([rooms.enter(ann, room), rooms.enter(ann, room)]);
  assert.deepEqual(
    entries.map(({ again }) => again),
    [false, true],
  );
  await mustHold([ann]);
  rooms.exit(ann, room);
  await mustHold([], [ann]);
});

for (const call of ['records.get', 'frames.subscribe', 'streams.heads', 'presence.online'] as const satisfies CallName<Bus>[]) {
  test(`when ${call} rejects, the join changes nothing, and the next one succeeds`, async (context) => {
    await open(context);
    await limitedTo(9);
    const ann = session('ann');
    gate.fail(call, new DanmuxError('unavailable'));
    await assert.rejects(rooms.enter(ann, room), { code: 'unavailable' });
    await mustHold([], [ann]);
    gate.restore();
    await rooms.enter(ann, room);
    await mustHold([ann]);
  });

  test(`when the connection ends while ${call} is pending, the join is rejected and leaves nothing behind`, async (context) => {
    await open(context);
    await limitedTo(9);
    const ann = session('ann');
    const { begun, release } = gate.hold(call);
    const entering = rooms.enter(ann, room);
    await begun;
    ann.closed = true;
    rooms.exitAll(ann);
    release();
    await assert.rejects(entering, { code: 'unavailable' });
    await mustHold([], [ann]);
  });
}

test('when a second viewer cannot enter, the first one keeps its membership', async (context) => {
  await open(context);
  await limitedTo(9);
  const [ann, bob] = [session('ann'), session('bob')];
  await rooms.enter(ann, room);
  gate.fail('presence.online', new DanmuxError('unavailable'));
  await assert.rejects(rooms.enter(bob, room), { code: 'unavailable' });
  await mustHold([ann], [bob]);
  assert.deepEqual([...ann.held], [room], 'frames of the first viewer are still held');
});

test('a full room and a ban refuse the join and change nothing', async (context) => {
  await open(context);
  const [ann, bob] = [session('ann'), session('bob')];
  await limitedTo(1);
  await rooms.enter(ann, room);
  await assert.rejects(rooms.enter(bob, room), { code: 'room_full' });
  await mustHold([ann], [bob]);
  assert.equal((await rooms.enter(ann, room)).again, true, 'a viewer that is inside may join again');
  rooms.exit(ann, room);
  await banned('ann');
  await assert.rejects(rooms.enter(ann, room), { code: 'banned' });
  await mustHold([], [ann, bob]);
});

test('a ban issued while the join waits for the online count is found by the last check', async (context) => {
  await open(context);
  await limitedTo(9);
  const ann = session('ann');
  const { begun, release } = gate.hold('presence.online');
  const entering = rooms.enter(ann, room);
  await begun;
  await banned('ann');
  while (!rules.sanction('ban', 'ann', room)) await new Promise((resolve) => setImmediate(resolve));
  release();
  await assert.rejects(entering, { code: 'banned' });
  await mustHold([], [ann]);
});

test('abandon ends a new membership, and releases the held frames of one that was there before', async (context) => {
  await open(context);
  const ann = session('ann');
  rooms.abandon(ann, room, await rooms.enter(ann, room));
  await mustHold([], [ann]);
  ann.releaseFrames(room);
  await rooms.enter(ann, room);
  ann.releaseFrames(room);
  const again = await rooms.enter(ann, room);
  assert.deepEqual([...ann.held], [room]);
  rooms.abandon(ann, room, again);
  await mustHold([ann]);
  assert.deepEqual([...ann.held], []);
});

test('abandon after the viewer has left changes nothing', async (context) => {
  await open(context);
  const ann = session('ann');
  const entry = await rooms.enter(ann, room);
  rooms.exit(ann, room);
  rooms.abandon(ann, room, entry);
  await mustHold([], [ann]);
});

test('expel ends a membership, and rejects a pending join with its reason', async (context) => {
  await open(context);
  const [ann, bob] = [session('ann'), session('bob')];
  await rooms.enter(ann, room);
  rooms.expel(ann, room, new DanmuxError('banned'));
  await mustHold([], [ann]);
  const { begun, release } = gate.hold('frames.subscribe');
  const joining = rooms.pending.run(bob, room, async () => {
    const entry = await rooms.enter(bob, room);
    try {
      rooms.pending.check(bob, room);
    } catch (error) {
      rooms.abandon(bob, room, entry);
      throw error;
    }
  });
  await begun;
  rooms.expel(bob, room, new DanmuxError('banned'));
  release();
  await assert.rejects(joining, { code: 'banned' });
  await mustHold([], [ann, bob]);
});

test('exitAll leaves every room of the session, and joined names the rooms it is in', async (context) => {
  await open(context);
  const ann = session('ann');
  for (const name of [room, 'live:2', 'live:3']) await rooms.enter(ann, name);
  assert.equal(rooms.joined(ann, room), room);
  assert.deepEqual([feeds.size, rules.rooms, hub.size], [3, 3, 3]);
  rooms.exitAll(ann);
  await mustHold([], [ann]);
  assert.throws(() => rooms.joined(ann, room), { code: 'not_joined' });
  assert.throws(() => rooms.joined(ann, '../x'), { code: 'invalid_room' });
});
