// A fixture: danmux as started by `npm start`, all roles in one built process, and a backend client to publish messages.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Backend, Child, freePorts } from '@danmux/testkit';

export interface DemoServer {
  readonly url: string;
  readonly backend: Backend;
  stop(): Promise<void>;
}

export async function startDemoServer(): Promise<DemoServer> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'danmux-players-'));
  const port = await freePorts(2);
  const ports = { DANMUX_EDGE_PORT: String(port), DANMUX_API_PORT: String(port + 1) };
  const env = { ...ports, NODE_ENV: 'development', DANMUX_CONFIG_DIR: join(root, 'config'), REDIS_URL: '' };
  const child = new Child('danmux start', process.execPath, [join(root, 'packages/cli/dist/main.js'), 'start'], { cwd: folder, env, ipc: true });
  await child.ready;
  const { api_key: key } = JSON.parse(await readFile(join(folder, '.danmux/secrets.json'), 'utf8')) as { api_key: string };
  const url = `http://127.0.0.1:${port + 1}`;
  const stop = async () => {
    await child.stop('SIGINT');
    await rm(folder, { recursive: true, force: true });
  };
  return { url, backend: new Backend(url, key), stop };
}
