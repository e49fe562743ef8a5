// Builds the OpenAPI document without a listening server, for docs/openapi.json and the test that the file is current.
import { readFileSync } from 'node:fs';
import { createBus } from '@danmux/bus';
import type { JobQueue } from '@danmux/jobs';
import { createRuntime, loadConfig } from '@danmux/runtime';
import { Drain } from './http/drain.ts';
import { createServer } from './server.ts';

export async function openApiDocument(): Promise<object> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const { config } = loadConfig({
    environment: 'test',
    dir: '',
    env: {},
    set: { 'viewer.token_secret': 'x'.repeat(32), 'api.key': 'x'.repeat(32), 'log.level': 'silent' },
  });
  const runtime = createRuntime({ config, role: 'docs', version, processMetrics: false });
  // No route is called here, so the job queue is never used.
  const app = await createServer(runtime, createBus(runtime), {} as JobQueue, new Drain());
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
