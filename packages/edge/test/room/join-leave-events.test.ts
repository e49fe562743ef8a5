// Tests of the webhook event `room.users`: joins and leaves are emitted once a second per room, and only when a target subscribes.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import type { WebhookEvent } from '@danmux/protocol';
import { testRuntime } from '@danmux/testkit/unit';
import { JoinLeaveEvents } from '../../src/room/join-leave-events.ts';
import { type Viewer, viewerOf } from '../../src/viewer/viewer.ts';

const target = { id: 'a', url: 'https://example.org/', secret: `whsec_${'a'.repeat(32)}` };

let events: WebhookEvent[];
let away: boolean;
let opened: JoinLeaveEvents[];
beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  events = [];
  away = false;
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((users) => users.stop()));
  mock.timers.reset();
});

function open(targets: readonly object[] = [target]): JoinLeaveEvents {
  const runtime = testRuntime({ after }, { 'webhooks.targets': targets });
  const emit = async (_room: string, texts: readonly string[]) => {
    if (away) throw new Error('away');
    events.push(...texts.map((text) => JSON.parse(text) as WebhookEvent));
  };
  const users = new JoinLeaveEvents(runtime, { events: { emit } as never }, { online: async () => 7 });
  opened.push(users);
  return users;
}
const viewer = (id: string, name?: string): Viewer => viewerOf({ sub: id, exp: 1, ...(name === undefined ? {} : { name }) });
async function second(): Promise<void> {
  mock.timers.tick(1_000);
  await new Promise((resolve) => setImmediate(resolve));
}

test('one event a room and second, with names and the online count', async () => {
  const users = open();
  users.joined('a', viewer('ann', 'Ann'));
  users.joined('a', viewer('bob'));
  users.left('b', viewer('eve'));
  assert.deepEqual(events, []);
  await second();
  assert.deepEqual(
    events.map(({ type, room, data }) => [type, room, data]),
    [
      ['room.users', 'a', { joined: [{ id: 'ann', name: 'Ann' }, { id: 'bob' }], left: [], online: 7 }],
      ['room.users', 'b', { joined: [], left: [{ id: 'eve' }], online: 7 }],
    ],
  );
  await second();
  assert.equal(events.length, 2);
});

test('a user who joins and leaves within the second is not listed, nor one who leaves and comes back', async () => {
  const users = open();
  users.joined('a', viewer('ann'));
  users.left('a', viewer('ann'));
  users.left('a', viewer('bob'));
  users.joined('a', viewer('bob'));
  await second();
  assert.deepEqual(events, []);
});

test('a hundred are named each way, of more it says how many', async () => {
  const users = open();
  for (let i = 0; i < 130; i++) users.joined('a', viewer(`u${i}`));
  await second();
  const { joined, joined_more, left_more } = (events[0] as WebhookEvent).data as { joined: unknown[]; joined_more?: number; left_more?: number };
  assert.deepEqual([joined.length, joined_more, left_more], [100, 30, undefined]);
});

test('nothing is stored or emitted when no target subscribes', async () => {
  for (const targets of [[], [{ ...target, events: ['message.sent'] }]]) {
    const users = open(targets);
    users.joined('a', viewer('ann'));
    await second();
    await users.stop();
  }
  assert.deepEqual(events, []);
  const users = open([{ ...target, events: ['room.users'] }]);
  users.joined('a', viewer('ann'));
  await users.stop();
  assert.equal(events.length, 1, 'the end tells what is left');
});

test('a store that is away loses the event and ends nothing', async () => {
  const users = open();
  away = true;
  users.joined('a', viewer('ann'));
  await second();
  away = false;
  users.joined('a', viewer('bob'));
  await second();
  assert.deepEqual(
    events.map(({ data }) => (data as { joined: { id: string }[] }).joined.map(({ id }) => id)),
    [['bob']],
  );
});
