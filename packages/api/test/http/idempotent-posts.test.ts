// Every POST of the api, on both engines: sent again with its key it happens once, and answers as it did; sent at once, too.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, type ApiFixture, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { operations } from '@danmux/testkit/documented-codes';
import { eventually, type RedisServer, startRedis } from '@danmux/testkit/unit';
import { holdCall } from '../held-call.ts';
import { prepared, rightRequest, rightSettings, send } from '../right-requests.ts';

for (const engine of ['memory', 'redis'] as const) {
  describe(`on ${engine}`, () => {
    let redis: RedisServer | undefined;
    let fixture: ApiFixture;
    let lateMs = 0;
    /** So much that what was done again, as a token that is signed again, would show in the answer. */
    const goOn = () => {
      lateMs += 1_000;
    };

    before(async () => {
      if (engine === 'redis') redis = await startRedis();
      fixture = await startApi({ ...rightSettings, ...(redis ? { 'redis.url': redis.url } : {}) }, { now: () => Date.now() + lateMs });
      await eventually(() => fixture.bus.health());
      await eventually(() => fixture.jobs.status('none'));
    });
    after(async () => {
      await fixture.close();
      await redis?.stop();
    });

    for (const operation of operations.filter(({ method }) => method === 'POST')) {
      const headers = (key: string) => ({ headers: { 'idempotency-key': `${operation.path.replaceAll(/[^a-z]/g, '-')}${key}` } });
      const { effect } = rightRequest(operation);

      /** Calls, and holds that what they did was done once. */
      async function once(run: (params: Readonly<Record<string, string>>) => Promise<void>): Promise<void> {
        const params = await prepared(fixture, operation);
        const before = (await effect?.(fixture)) ?? 0;
        await run(params);
        if (effect) await eventually(async () => assert.equal(await effect(fixture), before + 1));
      }

      test(`${operation.path}: the same key and body get the first answer again`, async () => {
        await once(async (params) => {
          const first = await send(fixture, operation, params, headers('again'));
          goOn();
          const again = await send(fixture, operation, params, headers('again'));
          assert.ok(first.status < 300, JSON.stringify(first.body));
          assert.deepEqual([again.status, again.body], [first.status, first.body]);
          assert.deepEqual(
            [first, again].map((answer) => answer.headers.get('idempotent-replayed')),
            [null, 'true'],
          );
        });
      });

      test(`${operation.path}: while the first is under way a second is 409; then it gets its answer`, async () => {
        await once(async (params) => {
          const held = holdCall(fixture, 'finish');
          const first = send(fixture, operation, params, headers('held'));
          await held.begun;
          mustRefuse(await send(fixture, operation, params, headers('held')), 'idempotency_in_flight');
          held.release();
          const answer = await first;
          assert.ok(answer.status < 300, JSON.stringify(answer.body));
          goOn();
          const again = await send(fixture, operation, params, headers('held'));
          assert.deepEqual([again.headers.get('idempotent-replayed'), again.body], ['true', answer.body]);
          delete fixture.overrides.claims.finish;
        });
      });

      test(`${operation.path}: of several at once one happens`, async () => {
        await once(async (params) => {
          const answers = await Promise.all(Array.from({ length: 5 }, () => send(fixture, operation, params, headers('many'))));
          const fresh = answers.filter(({ status, headers: got }: Answer) => status < 300 && !got.has('idempotent-replayed'));
          assert.equal(fresh.length, 1);
          for (const answer of answers.filter(({ status }) => status >= 300)) mustRefuse(answer, 'idempotency_in_flight');
          for (const answer of answers.filter(({ status }) => status < 300)) assert.deepEqual(answer.body, fresh[0]?.body);
        });
      });
    }
  });
}
