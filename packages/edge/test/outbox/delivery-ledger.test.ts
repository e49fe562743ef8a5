// The ledger of deliveries: every message due to a viewer is counted once, as delivered, shed or undeliverable, by lane.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import { testRuntime } from '@danmux/testkit/unit';
import { DeliveryLedger } from '../../src/outbox/delivery-ledger.ts';

let runtime: Runtime;
let ledger: DeliveryLedger;
function open(context: TestContext): void {
  runtime = testRuntime(context);
  ledger = new DeliveryLedger(runtime);
}

type Counter = 'due' | 'delivered' | 'viewerShed' | 'undeliverable' | 'deliveredBytes';
async function valuesOf(counter: Counter): Promise<Record<string, number>> {
  const { values } = await runtime.metrics[counter].get();
  return Object.fromEntries(values.map(({ labels, value }) => [[labels['lane'], labels['reason']].filter(Boolean).join(' '), value]));
}

test('a frame counts each of its messages once for every viewer', async (context) => {
  open(context);
  ledger.due({ chat: 3, gift: 1 }, 10);
  ledger.delivered({ counts: { chat: 3, gift: 1 }, bytes: 200 }, 10);
  assert.deepEqual(await valuesOf('due'), { chat: 30, gift: 10 });
  assert.deepEqual(await valuesOf('delivered'), { chat: 30, gift: 10 });
  assert.deepEqual(Object.values(await valuesOf('deliveredBytes')), [2_000]);
});

test('shed messages are counted by reason, and the due messages add up', async (context) => {
  open(context);
  ledger.due({ chat: 2 }, 6);
  ledger.delivered({ counts: { chat: 2 }, bytes: 10 }, 3);
  ledger.shed({ counts: { chat: 2 } }, 'slow');
  ledger.shed({ counts: { chat: 2 } }, 'overload', 1);
  ledger.undeliverable({ counts: { chat: 2 } });
  assert.deepEqual(await valuesOf('viewerShed'), { 'chat slow': 2, 'chat overload': 2 });
  const sum = async (counter: Counter) => Object.values(await valuesOf(counter)).reduce((all, value) => all + value, 0);
  assert.equal(await sum('due'), (await sum('delivered')) + (await sum('viewerShed')) + (await sum('undeliverable')));
});

test('an event without messages, a lane with none and a room without viewers count nothing but bytes', async (context) => {
  open(context);
  ledger.delivered({ counts: null, bytes: 50 }, 2);
  ledger.due({ gift: 0 }, 4);
  ledger.due({ gift: 2 }, 0);
  assert.deepEqual([await valuesOf('due'), await valuesOf('delivered')], [{}, {}]);
  assert.deepEqual(Object.values(await valuesOf('deliveredBytes')), [100]);
});
