// Recalls all messages of a user or of a room: deletes them from history, rejects held messages of the user, and publishes one `recall` message
// that removes them from screens. Safe to repeat. Receipts, the ledger and the backend's orders do not change: a recalled gift stays paid.
import { isUserRoom, recallPositions, senderOf } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { DanmuxError, type HeldMessage, limits, type RecallScope, streamLanes } from '@danmux/protocol';
import { parseJson, pause } from '@danmux/runtime';
import type { FastifyRequest } from 'fastify';
import { publishSystemMessage } from '../publish/system-message.ts';
import type { Services } from '../services.ts';
import { decide } from './review-decisions.ts';

/** `count`: messages deleted from history. `held`: messages of the user that waited for review and were rejected. */
export interface BulkRecalled {
  readonly count: number;
  readonly held: number;
}

/** Rooms, or ingress queues, that a recall in all rooms works on at the same time. */
const roomsAtOnce = 32;
const ingressPage = 500;

export async function recallInRoom(services: Services, request: FastifyRequest, room: string, scope: RecallScope): Promise<BulkRecalled> {
  const at = services.runtime.clock.now();
  const count = await recallOne(services, request, room, { scope, at, always: true });
  const held = 'user' in scope ? await rejectHeld(services, request, ({ room: where, from }) => where === room && from.id === scope.user) : 0;
  await settle(services, at);
  return { count, held };
}

/**
 * Recalls a user's messages in every room. Viewers get the recall only in rooms that hold a message of the user. Rooms with a queued message
 * of the user come first, then rooms with viewers, then all other rooms; to find those, the whole store is searched.
 */
export async function recallEverywhere(services: Services, request: FastifyRequest, user: string): Promise<BulkRecalled & { readonly rooms: number }> {
  const { bus, runtime } = services;
  const at = runtime.clock.now();
  const waiting = await roomsWithQueued(services, user);
  const done = new Set<string>();
  let [count, rooms] = [0, 0];
  const recallAll = (names: readonly string[]) =>
    inParallel(names, async (room) => {
      if (done.has(room)) return;
      done.add(room);
      const found = await recallOne(services, request, room, { scope: { user }, at, always: waiting.has(room) });
      count += found;
      if (found > 0 || waiting.has(room)) rooms++;
    });
  await recallAll([...waiting]);
  const online = [...(await bus.presence.rooms())].sort((a, b) => b[1] - a[1]);
  await recallAll(online.map(([room]) => room));
  await recallAll(await bus.streams.rooms());
  const held = await rejectHeld(services, request, ({ from }) => from.id === user);
  await settle(services, at);
  return { rooms, count, held };
}

interface Order {
  readonly scope: RecallScope;
  readonly at: number;
  /** True: publish the recall even if no message was deleted from history, because matching messages may be queued. */
  readonly always: boolean;
}

async function recallOne(services: Services, { id: trace, keyId: by }: FastifyRequest, room: string, { scope, at, always }: Order): Promise<number> {
  const { bus, events } = services;
  const positions = recallPositions(scope, await bus.streams.heads(room));
  const { count } = await bus.streams.recallAll(room, { scope, positions, ts: at });
  if (count === 0 && !always) return 0;
  await events.emit(room, 'moderation.recall', { ...scope, by });
  // The relay extends these positions by the messages that were accepted before this recall and committed meanwhile.
  await publishSystemMessage(services, { room, type: 'recall', data: { ...scope, positions }, trace, marks: { recall_of: scope }, at });
  return count;
}

/** Rooms for which a message of the user waits in the ingress: history does not hold it yet. */
async function roomsWithQueued({ bus, runtime }: Services, user: string): Promise<ReadonlySet<string>> {
  const rooms = new Set<string>();
  const shards = Array.from({ length: runtime.config.shards }, (_, shard) => shard);
  await inParallel(
    shards.flatMap((shard) => streamLanes.map((lane) => ({ shard, lane }))),
    async ({ shard, lane }) => {
      for (let after: string | undefined; ; ) {
        const page = await bus.ingress.read(shard, lane, after, ingressPage);
        for (const { room, weight, body } of page) if (!isUserRoom(room) && (weight?.sender || senderOf(body)) === user) rooms.add(room);
        after = page.at(-1)?.entry;
        if (page.length < ingressPage) return;
      }
    },
  );
  return rooms;
}

/** Rejects held messages and returns their number. Skips a message about which another moderator is deciding at this moment. */
async function rejectHeld(services: Services, request: FastifyRequest, matches: (message: HeldMessage) => boolean): Promise<number> {
  const { records } = services.bus;
  let rejected = 0;
  for (let cursor: string | undefined; ; ) {
    const page = await records.page(ruleRecords.reviews, '', cursor, limits.listPage);
    for (const [id, { value }] of page.fields) {
      const message = parseJson(value) as HeldMessage;
      if (!matches(message)) continue;
      try {
        await decide(services, request, message, 'reject', async () => ({ id, room: message.room }));
      } catch (error) {
        if (error instanceof DanmuxError && error.code === 'conflict') continue;
        throw error;
      }
      await records.set(ruleRecords.reviews, new Map([[id, null]]));
      rejected++;
    }
    if (page.cursor === null) return rejected;
    cursor = page.cursor;
  }
}

/** Resolves in a later millisecond than `at`, so that a message accepted after the answer is later than the recall. */
async function settle({ runtime: { clock } }: Services, at: number): Promise<void> {
  if (clock.now() === at) await pause(1);
}

async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: Math.min(roomsAtOnce, items.length) }, async () => {
      for (const item of left) await run(item);
    }),
  );
}
