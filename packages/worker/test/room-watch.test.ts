// Rooms become occupied and vacated once each, whichever worker has the lease, on both engines.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import type { WebhookEvent } from '@danmux/protocol';
import { type Engine, endProcess, endProcesses, engines, FakeClock, type Process } from '@danmux/testkit/engines';
import { eventually, gated } from '@danmux/testkit/unit';
import { secret } from '@danmux/testkit/webhook-consumer';
import { RoomWatch } from '../src/room-watch.ts';

const wanted = { 'webhooks.url': 'https://hooks.example/', 'webhooks.secret': secret, 'webhooks.vacated_after_ms': 5_000 };

interface Watched {
  readonly clock: FakeClock;
  readonly watches: readonly RoomWatch[];
  /** So many are in the room. */
  online(room: string, count: number): Promise<void>;
  /** Every watch looks until the events are these: `+room` and `-room`, by room. */
  says(...events: string[]): Promise<void>;
  ids(): Promise<string[]>;
  close(): Promise<void>;
}

async function open(engine: Engine, count = 2, set: Readonly<Record<string, unknown>> = {}): Promise<Watched> {
  const clock = new FakeClock();
  const processes = await engine.processes(count, { ...wanted, ...set }, clock);
  const [{ bus, runtime }] = processes as [Process];
  const watches = processes.map((process) => new RoomWatch(process.runtime, process.bus));
  const events = async () => {
    const found = await Promise.all(Array.from({ length: runtime.config.shards }, (_, shard) => bus.events.read(shard, undefined, 100)));
    return found.flat().map(({ text }) => JSON.parse(text) as WebhookEvent);
  };
  return {
    clock,
    watches,
    online: async (room, viewers) => {
      await bus.presence.report('edge-1', new Map([[room, viewers]]), 600_000);
      // It is read once a second.
      await eventually(async () => {
        for (const process of processes) assert.equal((await process.bus.presence.rooms()).get(room) ?? 0, viewers);
      });
    },
    says: (...wantedEvents) =>
      eventually(async () => {
        for (const watch of watches) await watch.look();
        const said = (await events()).map(({ type, room }) => `${type === 'room.occupied' ? '+' : '-'}${room}`);
        assert.deepEqual(said.sort(), [...wantedEvents].sort());
      }),
    ids: async () => (await events()).map(({ id }) => id),
    close: async () => {
      for (const watch of watches) await watch.stop();
      await Promise.all(processes.map(endProcess));
    },
  };
}

for (const engine of engines) {
  describe(`room events on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(endProcesses);
    after(() => engine.close());

    test('a room is occupied at once, and vacated when nobody returns in time, each announced once', async () => {
      const watched = await open(engine);
      await watched.online('live:1', 2);
      await watched.online('live:2', 1);
      await watched.says('+live:1', '+live:2');
      await watched.online('live:1', 3);
      await watched.says('+live:1', '+live:2');
      await watched.online('live:2', 0);
      await watched.says('+live:1', '+live:2');
      watched.clock.advance(4_999);
      await watched.says('+live:1', '+live:2');
      watched.clock.advance(1);
      await watched.says('+live:1', '+live:2', '-live:2');
      await watched.online('live:2', 1);
      await watched.says('+live:1', '+live:2', '-live:2', '+live:2');
      assert.equal(new Set(await watched.ids()).size, 4);
      await watched.close();
    });

    test('a viewer that returns in time causes no event', async () => {
      const watched = await open(engine);
      await watched.online('live:1', 1);
      await watched.says('+live:1');
      await watched.online('live:1', 0);
      await watched.says('+live:1');
      watched.clock.advance(4_000);
      await watched.online('live:1', 1);
      await watched.says('+live:1');
      watched.clock.advance(4_000);
      await watched.says('+live:1');
      await watched.close();
    });

    test('the next worker with the lease repeats no event', async () => {
      const watched = await open(engine);
      await watched.online('live:1', 1);
      await watched.says('+live:1');
      await watched.watches[0]?.drain();
      const others = watched.watches.length > 1 ? watched.watches.slice(1) : watched.watches;
      for (const watch of others) await watch.look();
      await watched.says('+live:1');
      await watched.close();
    });

    test('no worker watches when no target wants the events', async () => {
      mock.timers.enable({ apis: ['setInterval'] });
      for (const [event, looks] of [
        ['message.sent', 0],
        ['room.vacated', 1],
      ] as const) {
        const targets = [{ id: 't', url: 'https://hooks.example/', secret, events: [event] }];
        const [process] = (await engine.processes(1, { 'webhooks.targets': targets })) as [Process];
        const gate = gated(process.bus);
        gate.replace('leases.acquire', async () => null);
        const watch = new RoomWatch(process.runtime, gate.open);
        await watch.start();
        mock.timers.tick(1_000);
        assert.equal(gate.count('leases.acquire'), looks, event);
        await watch.stop();
        await endProcess(process);
      }
      mock.timers.reset();
    });
  });
}
