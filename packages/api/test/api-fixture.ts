// An api with a real relay behind it, for tests of what calls one (the cli's). This package's own tests use bare-api.ts.
import { RelayRole } from '../../relay/src/index.ts';
import { type ApiFixture, startApi as startBareApi } from './bare-api.ts';

export type { Answer, ApiFixture } from './bare-api.ts';
export { apiKey } from './bare-api.ts';

export async function startApi(set: Readonly<Record<string, unknown>> = {}): Promise<ApiFixture> {
  const fixture = await startBareApi(set);
  const relay = new RelayRole(fixture.runtime, fixture.bus);
  await relay.start();
  return {
    ...fixture,
    close: async () => {
      await relay.stop();
      await fixture.close();
    },
  };
}
