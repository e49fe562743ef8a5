// Runs an nginx with the server of a page, behind a certificate of its own, on a free port.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child, freePort } from '@danmux/testkit';
import { closeAfter, type Owner } from '@danmux/testkit/unit';

const run = promisify(execFile);
const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

export interface NginxSite {
  /** What `nginx -t` says about the file. */
  readonly verdict: string;
  readonly port: number;
}

/** `text` stands in the `http` block, as in a file of `conf.d`. Starts nginx when `nginx -t` accepts it. */
export async function startNginxSite(owner: Owner, text: string): Promise<NginxSite> {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-nginx-'));
  closeAfter(owner, () => rmSync(dir, { recursive: true, force: true }));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1', '-subj', '/CN=live.example.com']);
  const port = await freePort();
  const site = text
    .replace(/listen 443 ssl;/, `listen 127.0.0.1:${port} ssl;`)
    .replaceAll(/ssl_certificate [^;]+;/g, `ssl_certificate ${cert};`)
    .replaceAll(/ssl_certificate_key [^;]+;/g, `ssl_certificate_key ${key};`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir}/${name};`);
  const file = join(dir, 'nginx.conf');
  const head = `daemon off;\nmaster_process off;\npid ${dir}/nginx.pid;\nerror_log stderr warn;\nevents { worker_connections 256; }\n`;
  writeFileSync(file, `${head}http {\naccess_log off;\n${temporary.join('\n')}\n${site}\n}\n`);
  const args = ['-p', dir, '-e', join(dir, 'error.log'), '-c', file];
  const options = { env: { ...process.env, ...env } };
  const { stderr: verdict } = await run('nginx', [...args, '-t'], options).catch((error: { stderr: string }) => error);
  if (verdict.includes('test is successful')) {
    const child = new Child('nginx', 'nginx', args, { env });
    closeAfter(owner, () => child.stop());
  }
  return { verdict, port };
}
