// Starts danmux for a test: all roles in one process on the memory engine, with free ports and generated secrets.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { endProgram, startProgram } from './process-group.ts';

export interface Danmux {
  readonly url: string;
  readonly key: string;
  stop(): Promise<void>;
}

/** Resolves when danmux is ready. Danmux writes its files to `cwd`. */
export async function startDanmux(root: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Danmux> {
  const [edge, api] = await freePorts(2);
  const key = randomBytes(24).toString('hex');
  const own = {
    NODE_ENV: 'test',
    DANMUX_CONFIG_DIR: join(root, 'config'),
    DANMUX_ENGINE: 'memory',
    DANMUX_EDGE_PORT: String(edge),
    DANMUX_API_PORT: String(api),
    DANMUX_DEMO: 'true',
    DANMUX_API_KEY: key,
    DANMUX_TOKEN_SECRET: randomBytes(24).toString('hex'),
  };
  const child = startProgram(process.execPath, [join(root, 'packages/cli/dist/main.js'), 'start'], { cwd, env: { ...env, ...own } });
  const url = `http://127.0.0.1:${api}`;
  const danmux = { url, key, stop: () => endProgram(child) };
  const endsAt = Date.now() + 30_000;
  while (!(await isReady(url))) {
    const gone = child.exitCode !== null || child.signalCode !== null;
    if (gone || Date.now() > endsAt) {
      await danmux.stop();
      throw new Error(`danmux ${gone ? `ended with ${child.exitCode ?? child.signalCode}` : 'was not ready after 30 s'}; its log is above`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return danmux;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    // The process does not listen yet. The caller repeats the check and applies the time limit.
    return false;
  }
}

/** Returns different free ports: all are open at the same time before they are released. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
