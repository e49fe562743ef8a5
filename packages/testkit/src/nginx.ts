// Runs the nginx of this machine as a reverse proxy in front of the roles under test, on a free port and with a temporary folder.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** A path that nginx forwards to `to`. When `to` ends with a slash, nginx removes `path` from the request, as `proxy_pass` does. */
export interface Location {
  readonly path: string;
  readonly to: string;
}

/** Every location passes WebSockets and the client's address as docs/operations.md shows. */
export async function startNginx(locations: readonly Location[]): Promise<Nginx> {
  const dir = await mkdtemp(join(tmpdir(), 'danmux-nginx-'));
  const port = await freePort();
  await writeFile(join(dir, 'nginx.conf'), configOf(dir, port, locations));
  // `-e` keeps nginx from opening the system's error log before it has read the configuration.
  const child = new Child('nginx', 'nginx', ['-p', dir, '-e', join(dir, 'error.log'), '-c', join(dir, 'nginx.conf')], {
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
  });
  const stop = async () => {
    await child.stop();
    await rm(dir, { recursive: true, force: true });
  };
  const ended = child.ended.then(() => {
    throw new Error(`nginx did not start:\n${child.output.slice(-2_000)}`);
  });
  try {
    await Promise.race([eventually(() => reachable(port), { timeoutMs: 10_000 }), ended]);
  } catch (error) {
    await stop();
    throw error;
  }
  // From now on nginx may end. The rejection of `ended` must not be reported as unhandled.
  ended.catch(() => {});
  return { url: `http://127.0.0.1:${port}`, stop };
}

function configOf(dir: string, port: number, locations: readonly Location[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir}/${name};`);
  return `daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.join('\n  ')}
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port};
${locations
  .map(
    ({ path, to }) => `    location ${path} {
      proxy_pass ${to};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_read_timeout 120s;
      proxy_buffering off;
    }`,
  )
  .join('\n')}
  }
}
`;
}

function reachable(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
