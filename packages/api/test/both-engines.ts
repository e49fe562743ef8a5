// Runs the same tests on the memory and the Redis engine, with one api per engine.
import { after, before, describe } from 'node:test';
import { type ApiFixture, startApi } from '@danmux/testkit/api-fixture';
import { closeAfter, eventually, ownerOf, type Settings, startRedis } from '@danmux/testkit/unit';

/** `tests` receives a getter, because the api starts only in the `before` hook. */
export function onBothEngines(set: Settings, tests: (api: () => ApiFixture) => void): void {
  for (const engine of ['memory', 'redis'] as const) {
    describe(`on ${engine}`, () => {
      const owner = ownerOf(after);
      let fixture: ApiFixture | undefined;
      before(async () => {
        const redis = engine === 'redis' ? await startRedis() : undefined;
        if (redis) closeAfter(owner, () => redis.stop());
        const opened = await startApi(owner, { ...set, ...(redis ? { 'redis.url': redis.url } : {}) });
        fixture = opened;
        await eventually(() => opened.bus.health());
        await eventually(() => opened.jobs.status('none'));
      });
      tests(() => {
        if (!fixture) throw new Error('the api has not started yet');
        return fixture;
      });
    });
  }
}
