// One held message for one request, on all edges: the first edge gives the id, and the review queue gets the message once.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Bus, Publication } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { testBus, testPublication, testRuntime } from '@danmux/testkit/unit';
import { HeldRequests } from '../../src/moderation/held-requests.ts';

let runtime: Runtime;
let bus: Bus;
let [here, elsewhere]: HeldRequests[] = [];
async function open(context: TestContext): Promise<void> {
  runtime = testRuntime(context);
  bus = testBus(context, runtime);
  await bus.start();
  [here, elsewhere] = [new HeldRequests(runtime, bus), new HeldRequests(runtime, bus)];
}

/** The request `cid` as one edge makes a publication of it. */
const request = (id: string, cid = 'c'): Publication => ({ ...testPublication(runtime.config, 'r', 'chat', id), dedupeKey: `ann\n${cid}` });

test('the same request has the id of the first edge on every edge, another request its own', async (context) => {
  await open(context);
  assert.equal(await here?.idOf(request('m1')), 'm1');
  assert.equal(await elsewhere?.idOf(request('m2')), 'm1');
  assert.equal(await elsewhere?.idOf(request('m3', 'other')), 'm3');
});

test('a message is stored once; while another edge stores it this one is unavailable', async (context) => {
  await open(context);
  let stored = 0;
  let finish = () => {};
  const promise = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const first = here?.once(request('m1'), async () => {
    stored++;
    await promise;
  });
  await assert.rejects(async () => elsewhere?.once(request('m1'), async () => void stored++), { code: 'unavailable' });
  finish();
  await first;
  await elsewhere?.once(request('m1'), async () => void stored++);
  assert.equal(stored, 1);
});

test('a message that could not be stored may be stored again', async (context) => {
  await open(context);
  await assert.rejects(async () => here?.once(request('m1'), () => Promise.reject(new Error('away'))), /away/);
  let stored = 0;
  await elsewhere?.once(request('m1'), async () => void stored++);
  assert.equal(stored, 1);
});
