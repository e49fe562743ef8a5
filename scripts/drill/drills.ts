// The table of drills. They find processes by their pm2 names.
import { clockDrill } from './clock-drill.ts';
import type { Drill, Scene } from './drill.ts';
import { killOne, processesOf, stopWhile } from './pm2-processes.ts';
import { redisDrills } from './redis-drills.ts';

export const drills: Readonly<Record<string, Drill>> = {
  'edge-crash': { does: 'kills one edge; pm2 starts it again', run: () => killOne('danmux-edge-') },
  'relay-crash': { does: 'kills one relay; pm2 starts it again', run: () => killOne('danmux-relay-') },
  'api-crash': { does: 'kills one api process; pm2 starts it again', run: () => killOne('danmux-api') },
  'worker-crash': { does: 'kills the worker; pm2 starts it again', run: () => killOne('danmux-worker-') },
  'relay-pause': {
    does: 'stops one relay for 10 s (SIGSTOP), then continues it',
    run: async () => {
      const [relay] = await processesOf('danmux-relay-');
      await stopWhile([relay], () => wait(10_000));
    },
  },
  'full-lane': { does: 'stops all relays and sends more chat than the lane of a shard can queue: the oldest messages are shed', run: fillLane },
  'reconnect-storm': {
    does: 'disconnects every viewer of the drill at once',
    run: async ({ audience }) => {
      for (const { socket } of audience.viewers) socket.io.engine.close();
    },
  },
  'duplicate-publish': {
    does: 'publishes each of 50 gifts eight times at once',
    run: async ({ backend, room, traffic }) => {
      const ids = Array.from({ length: 50 }, (_, index) => `twice-${index}`);
      await Promise.all(ids.flatMap((id) => Array.from({ length: 8 }, () => backend.push({ room, type: 'gift', data: {}, id }))));
      traffic.gifts.push(...ids);
    },
  },
  'clock-step': clockDrill,
  ...redisDrills,
};

/** Messages per request. */
const batch = 1_000;

async function fillLane({ backend, room, config }: Scene): Promise<void> {
  // Nobody watches the flooded room. The audience of the drill is in another room of the cluster.
  const flooded = `${room}:full`;
  const total = Math.ceil(config.relay.ingress_chat / batch) * batch + batch;
  const before = await shedOf(backend);
  const statuses: number[] = [];
  await stopWhile(await processesOf('danmux-relay-'), async () => {
    for (let sent = 0; sent < total; sent += batch) {
      const messages = Array.from({ length: batch }, (_, index) => ({ room: flooded, type: 'chat', data: {}, id: `full-${sent + index}` }));
      const { status, body } = await backend.post('/v1/messages/batch', { messages });
      const { results } = body as { results?: { status: number }[] };
      statuses.push(...(results?.map((result) => result.status) ?? [status]));
    }
  });
  const accepted = statuses.filter((status) => status === 202).length;
  console.log(`${total} chats sent, ${accepted} accepted, capacity of the lane ${config.relay.ingress_chat}`);
  console.log(`${(await shedOf(backend)) - before} of them were shed and counted`);
}

async function shedOf(backend: Scene['backend']): Promise<number> {
  const { shed } = (await backend.get('/v1/stats')).body as { shed: { chat: Record<string, number> } };
  return shed.chat['ingress_full'] ?? 0;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
