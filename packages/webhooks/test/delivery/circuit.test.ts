// Which failures open a target's circuit and which rooms it holds up; and what is stored of it. The record is empty while all is well,
// and a record without fields ends after an hour.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { type Engine, engines } from '@danmux/testkit/engines';
import { eventually } from '@danmux/testkit/unit';
import { ok, status } from '@danmux/testkit/webhook-consumer';
import type { WebhookTarget } from '@danmux/webhooks';
import { Circuit, type Failure } from '../../src/delivery/circuit.ts';
import { closeWebhooks, openWebhooks, type WebhookFixture } from './webhook-fixture.ts';

const hour = 3_600_000;
const stateOf = async (hooks: WebhookFixture) => (await hooks.webhooks.status())[0]?.state;

/** Fails once and works again, and nothing happens for so long that the record ended. */
async function openLongAgo(hooks: WebhookFixture): Promise<void> {
  hooks.consumer.answer = status(503);
  await hooks.sent('live:1', 'a');
  await hooks.untilOpen();
  hooks.consumer.answer = ok;
  await hooks.passUntil(async () => assert.equal(await stateOf(hooks), 'closed'));
  hooks.clock.advance(2 * hour);
  await hooks.sweep();
}

async function openCircuit(engine: Engine) {
  const { clock, process } = await openWebhooks(engine);
  const target = { id: 'apart', url: 'https://apart.example/', secrets: [] } as unknown as WebhookTarget;
  const circuit = new Circuit(process.runtime, process.bus.records, target);
  let event = 0;
  const fail = (room: string, kind: Failure['kind']) => circuit.failed(room, String(event++), { kind, error: 'it answered' }, performance.now());
  return { circuit, clock, fail };
}

for (const engine of engines) {
  describe(`the circuit of a target on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(closeWebhooks);
    after(() => engine.close());

    for (const [kind, rooms, then] of [
      ['down', 2, 'none'],
      ['missing', 2, 'none'],
      ['refused', 3, 'fresh'],
    ] as const) {
      test(`${kind}: ${rooms} rooms with no success between open it, one less does not hold up a room`, async () => {
        const { circuit, clock, fail } = await openCircuit(engine);
        for (let n = 1; n < rooms; n++) {
          fail(`room:${n}`, kind);
          assert.equal(circuit.admission(), kind === 'refused' ? 'all' : 'fresh');
        }
        // A success between: they are at fault, not the target.
        circuit.took(performance.now());
        assert.equal(circuit.admission(), 'all');
        for (let n = 1; n <= rooms; n++) fail(`room:${n}`, kind);
        assert.equal(circuit.closed, false);
        assert.equal(circuit.admission(), then);
        clock.advance(1_300);
        assert.notEqual(circuit.admission(), 'none');
      });
    }

    test('a room that has not failed waits five seconds at most, however many did', async () => {
      const { circuit, clock, fail } = await openCircuit(engine);
      for (let n = 0; n < 30; n++) {
        fail(`room:${n}`, 'down');
        if (n > 0) assert.equal(circuit.admission(), 'none');
        clock.advance(5_000);
        assert.notEqual(circuit.admission(), 'none');
      }
    });

    test('410 disables a target that failed hours ago, at the first', async () => {
      const hooks = await openWebhooks(engine);
      await openLongAgo(hooks);
      hooks.consumer.answer = status(410);
      const before = hooks.consumer.asked.length;
      await hooks.sent('live:1', 'b');
      await eventually(async () => assert.equal(await stateOf(hooks), 'disabled'));
      for (let look = 0; look < 3; look++) {
        hooks.clock.advance(hour);
        await hooks.sweep();
      }
      assert.equal(await stateOf(hooks), 'disabled');
      assert.equal(hooks.consumer.asked.length, before + 1);
    });

    test('Retry-After of a target that failed hours ago is obeyed, also by the worker that takes over', async () => {
      const hooks = await openWebhooks(engine);
      await openLongAgo(hooks);
      hooks.consumer.answer = status(429, { 'retry-after': '600' });
      const before = hooks.consumer.asked.length;
      await hooks.sent('live:1', 'b');
      await hooks.untilOpen();
      await hooks.replaceWorkers();
      await hooks.sent('live:2', 'c');
      for (let minute = 0; minute < 9; minute++) {
        hooks.clock.advance(60_000);
        await hooks.sweep();
      }
      assert.equal(hooks.consumer.asked.length, before + 1);
      hooks.consumer.answer = ok;
      await hooks.passUntil(() => assert.deepEqual([hooks.consumer.messagesOf('live:1'), hooks.consumer.messagesOf('live:2')], [['a', 'b'], ['c']]));
    });
  });
}
