// Events lost at the cap of the log before a target was given them: said at the begin and the end, counted for that target.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { engines } from '@danmux/testkit/engines';
import { eventually } from '@danmux/testkit/unit';
import { ok, secret, status } from '@danmux/testkit/webhook-consumer';
import { closeWebhooks, openWebhooks, type WebhookFixture } from './webhook-fixture.ts';

const codes = ({ process }: WebhookFixture) => process.runtime.degraded.list.map(({ code }) => code);
const statuses = async (hooks: WebhookFixture): Promise<Record<string, [number, string]>> =>
  Object.fromEntries((await hooks.webhooks.status()).map(({ id, dropped, state }) => [id, [dropped, state]]));

for (const engine of engines) {
  describe(`events lost at the cap on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(closeWebhooks);
    after(() => engine.close());

    test('a target that is down loses what the log cannot hold: warned of, counted, and over when it takes events again', async () => {
      const target = (id: string, url: string) => ({ id, url, secret });
      const hooks = await openWebhooks(engine, {
        workers: 1,
        set: { shards: 1, 'webhooks.log_events': 10 },
        targets: (url) => [target('well', url), target('down', `${url}/down`)],
      });
      const lines: Record<string, unknown>[] = [];
      const log = hooks.process.runtime.log as unknown as { warn(fields: object, message: string): void };
      log.warn = (fields, msg) => void lines.push({ ...fields, msg });
      hooks.consumer.answer = (response, given) => (given.path.endsWith('/down') ? status(503) : ok)(response, given);
      // Large, since a worker has the newest events in memory too.
      const filler = 'x'.repeat(60_000);
      const takenOf = (path: string) => hooks.consumer.taken.filter((given) => given.path.endsWith(path)).length;
      const total = 60;
      for (let n = 0; n < total; n++) {
        await hooks.events.emit(`live:${n % 7}`, 'room.users', { n, filler });
        if (n % 5 === 4) await eventually(() => assert.equal(takenOf('/hook'), n + 1));
      }
      await hooks.passUntil(async () => assert.ok(((await statuses(hooks))['down']?.[0] ?? 0) > 10, 'some are lost'));
      assert.deepEqual((await statuses(hooks))['well'], [0, 'closed']);
      assert.deepEqual(codes(hooks), ['webhook_events_lost']);
      hooks.consumer.answer = ok;
      await hooks.passUntil(async () => assert.equal(takenOf('/down') + ((await statuses(hooks))['down']?.[0] ?? 0), total));
      await hooks.passUntil(() => assert.deepEqual(codes(hooks), []));
      const { down: [dropped] = [] } = await statuses(hooks);
      assert.match(await hooks.process.runtime.metrics.registry.metrics(), new RegExp(`danmux_webhook_dropped_total\\{target="down"[^}]*\\} ${dropped}`));
      const reports = lines.filter(({ msg }) => /a webhook target (is losing|no longer loses) events/.test(String(msg)));
      assert.equal(reports.filter(({ msg }) => /is losing events/.test(String(msg))).length, reports.length / 2);
      assert.equal(
        reports.reduce((sum, { lost, lasted_ms: lasted }) => sum + (lasted === undefined ? 0 : Number(lost)), 0),
        dropped,
      );
    });

    test('events lost while no worker ran are reported', async () => {
      const hooks = await openWebhooks(engine, { workers: 1, set: { shards: 1, 'webhooks.log_events': 5 } });
      await hooks.sent('live:1', 'a');
      await eventually(() => assert.equal(hooks.consumer.taken.length, 1));
      await hooks.workers[0]?.drain();
      for (let n = 0; n < 9; n++) await hooks.sent('live:1', `b${n}`);
      assert.deepEqual(await statuses(hooks), { default: [4, 'closed'] });
    });

    test('what went by while a target had said 410 was not lost', async () => {
      const hooks = await openWebhooks(engine, { workers: 1, set: { shards: 1, 'webhooks.log_events': 5 } });
      hooks.consumer.answer = status(410);
      await hooks.sent('live:1', 'a');
      await eventually(async () => assert.equal((await hooks.webhooks.status())[0]?.state, 'disabled'));
      for (let n = 0; n < 9; n++) await hooks.events.emit('live:2', 'room.users', { n });
      await hooks.sweep();
      hooks.consumer.answer = ok;
      await hooks.webhooks.enable('default');
      await hooks.passUntil(() => assert.ok(hooks.consumer.taken.length >= 5, 'it gets what the log has'));
      assert.equal((await hooks.webhooks.status())[0]?.dropped, 0);
      assert.deepEqual(codes(hooks), []);
    });
  });
}
