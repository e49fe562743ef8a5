// Every POST route, on both engines: repeated or concurrent requests with one Idempotency-Key take effect once and get the same answer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, type ApiFixture, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { operations } from '@danmux/testkit/documented-codes';
import { closeAfter, eventually, ownerOf, startRedis } from '@danmux/testkit/unit';
import { prepared, rightRequest, rightSettings, send } from '../right-requests.ts';

for (const engine of ['memory', 'redis'] as const) {
  describe(`on ${engine}`, () => {
    const owner = ownerOf(after);
    let fixture: ApiFixture;
    let lateMs = 0;
    /** Advances the clock so far that a second execution, such as a newly signed token, would change the answer. */
    const goOn = () => {
      lateMs += 1_000;
    };

    before(async () => {
      const redis = engine === 'redis' ? await startRedis() : undefined;
      if (redis) closeAfter(owner, () => redis.stop());
      fixture = await startApi(owner, { ...rightSettings, ...(redis ? { 'redis.url': redis.url } : {}) }, { now: () => Date.now() + lateMs });
      await eventually(() => fixture.bus.health());
      await eventually(() => fixture.jobs.status('none'));
    });

    for (const operation of operations.filter(({ method }) => method === 'POST')) {
      const headers = (key: string) => ({ headers: { 'idempotency-key': `${operation.path.replaceAll(/[^a-z]/g, '-')}${key}` } });
      const { effect } = rightRequest(operation);

      /** Runs the calls and asserts that they took effect once. */
      async function once(run: (params: Readonly<Record<string, string>>) => Promise<void>): Promise<void> {
        const params = await prepared(fixture, operation);
        const before = (await effect?.(fixture)) ?? 0;
        await run(params);
        if (effect) await eventually(async () => assert.equal(await effect(fixture), before + 1));
      }

      test(`${operation.path}: a repeat with the same key and body gets the first answer`, async () => {
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

      test(`${operation.path}: a repeat gets 409 while the first request runs, then the first answer`, async () => {
        await once(async (params) => {
          const held = fixture.gate.hold('claims.finish');
          const first = send(fixture, operation, params, headers('held'));
          await held.begun;
          mustRefuse(await send(fixture, operation, params, headers('held')), 'idempotency_in_flight');
          held.release();
          const answer = await first;
          assert.ok(answer.status < 300, JSON.stringify(answer.body));
          goOn();
          const again = await send(fixture, operation, params, headers('held'));
          assert.deepEqual([again.headers.get('idempotent-replayed'), again.body], ['true', answer.body]);
        });
      });

      test(`${operation.path}: of several concurrent requests one takes effect`, async () => {
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
