// Runs the same tests on the memory and the Redis engine, with one api per engine.
import { after, before, describe } from 'node:test';
import { type ApiFixture, startApi } from '@danmux/testkit/api-fixture';
import { eventually, type RedisServer, startRedis } from '@danmux/testkit/unit';

/** `tests` receives a getter, because the api starts only in the `before` hook. */
export function onBothEngines(set: Parameters<typeof startApi>[0], tests: (api: () => ApiFixture) => void): void {
  for (const engine of ['memory', 'redis'] as const) {
    describe(`on ${engine}`, () => {
      let redis: RedisServer | undefined;
      let fixture: ApiFixture | undefined;
      before(async () => {
        if (engine === 'redis') redis = await startRedis();
        const opened = await startApi({ ...set, ...(redis ? { 'redis.url': redis.url } : {}) });
        fixture = opened;
        await eventually(() => opened.bus.health());
        await eventually(() => opened.jobs.status('none'));
      });
      after(async () => {
        await fixture?.close();
        await redis?.stop();
      });
      tests(() => {
        if (!fixture) throw new Error('the api has not started yet');
        return fixture;
      });
    });
  }
}
