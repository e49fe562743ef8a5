// TraceHops of traced messages: told soon and together, never more than allowed, and never in the way of a message.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { acceptPublication, type Bus, createBus, type Marks, type TracedHop } from '@danmux/bus';
import { eventually, testConfig, testRuntime } from '@danmux/testkit/unit';
import { TraceHops } from '../src/trace-hops.ts';

const config = testConfig();

let ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function open(traces?: Partial<Bus['traces']>) {
  const runtime = testRuntime({ after }, {}, { role: 'edge', version: '1', clock: { now: () => 2_000 } });
  const bus = createBus(runtime);
  const hops = new TraceHops(runtime, traces ? { traces: traces as Bus['traces'] } : bus, 'edge@a');
  ends.push(() => hops.stop());
  const dropped = async () => (await runtime.metrics.hopsDropped.get()).values[0]?.value ?? 0;
  return { bus, hops, dropped };
}
const publication = (type: string, id: string, marks?: Marks, room = 'r') =>
  acceptPublication({ room, type, data: 1, id, trace: `t-${id}`, ...(marks ? { marks } : {}) }, { types: config.messages.types, maxData: 10, now: 1_000 });

test('control, gift and chat with a receipt are traced; ordinary chat, likes and messages to one user never', async () => {
  const { bus, hops } = open();
  await hops.start();
  const both = [
    { hop: 'accepted', node: 'edge@a', at: 1_000 },
    { hop: 'stored', node: 'edge@a', at: 2_000 },
  ];
  hops.stored(publication('gift', 'g'));
  hops.stored(publication('notice', 'n'));
  hops.stored(publication('chat', 'asked', { traced: true }));
  hops.stored(publication('chat', 'receipt', { receipt: true }));
  hops.stored(publication('chat', 'plain'));
  hops.stored(publication('chat', 'ends', { expires_at: 9_000 }));
  hops.stored(publication('like', 'l'));
  hops.stored(publication('notice', 'own', { to: 'u' }, '@1'));
  await eventually(async () => assert.deepEqual(await bus.traces.find('r', 'receipt'), { trace: 't-receipt', hops: both }));
  for (const id of ['g', 'n', 'asked']) assert.deepEqual(await bus.traces.find('r', id), { trace: `t-${id}`, hops: both });
  for (const id of ['plain', 'ends', 'l']) assert.equal(await bus.traces.find('r', id), null);
  assert.equal(await bus.traces.find('@1', 'own'), null);
});

test('a burst is limited, counted, and written at once; the rest is written at the end', async () => {
  const written: (readonly TracedHop[])[] = [];
  const { hops, dropped } = open({ add: async (added) => void written.push(added) });
  for (let index = 0; index < 1_000; index++) hops.add({ room: 'r', id: `m${index}`, trace: 't', hop: 'delivered', viewers: index });
  assert.deepEqual([written.length, await dropped()], [0, 900]);
  await hops.stop();
  assert.deepEqual([written.length, written[0]?.length, written[0]?.[99]?.viewers], [1, 100, 99]);
});

test('a store that hangs gets one write, one that fails costs the hops and nothing else', async () => {
  let writes = 0;
  let fail = (_error: Error) => {};
  const add = () => {
    writes++;
    return new Promise<void>((_resolve, reject) => {
      fail = reject;
    });
  };
  const { hops, dropped } = open({ add });
  await hops.start();
  hops.add({ room: 'r', id: 'a', trace: 't', hop: 'stored' });
  await eventually(() => assert.equal(writes, 1));
  hops.add({ room: 'r', id: 'b', trace: 't', hop: 'stored' });
  fail(new Error('away'));
  await eventually(() => assert.equal(writes, 2));
  assert.equal(await dropped(), 1);
  fail(new Error('away'));
  await hops.stop();
});
