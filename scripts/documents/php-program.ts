// Runs PHP of a page: a program by itself, or a page that PHP's own server runs for each request. What the text takes for granted (the autoloader,
// variables that it names) is put before it.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, eventually, freePort, repositoryRoot } from '@danmux/testkit';
import { closeAfter, type Owner } from '@danmux/testkit/unit';

export interface PhpOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** PHP before and after the text of the page. */
  readonly before?: string;
  readonly after?: string;
}

const autoload = `require ${JSON.stringify(join(repositoryRoot, 'clients/php/src/autoload.php'))};`;
let files = 0;

function write(text: string, { cwd, before = '', after = '' }: PhpOptions): string {
  const file = join(cwd, `page-${files++}.php`);
  writeFileSync(file, `<?php\nerror_reporting(E_ALL);\n${autoload}\n${before}\n${text.replace(/^<\?php\n/, '')}\n${after}\n`);
  return file;
}

/** Resolves with the output; rejects when the program fails or warns. */
export function runPhp(text: string, options: PhpOptions): Promise<string> {
  const args = ['-d', 'display_errors=stderr', write(text, options)];
  return new Promise((resolve, reject) => {
    execFile('php', args, { cwd: options.cwd, env: { ...process.env, ...options.env }, timeout: 30_000 }, (error, out, errors) => {
      if (error || errors !== '') reject(new Error(`${error?.message ?? 'it warns'}\n${out}\n${errors}`));
      else resolve(out);
    });
  });
}

/** Resolves with the address at which PHP runs the text for each request. */
export async function servePhp(owner: Owner, text: string, options: PhpOptions): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const server = new Child('php -S', 'php', ['-S', address, write(text, options)], { cwd: options.cwd, env: options.env });
  closeAfter(owner, () => server.stop());
  await eventually(() => fetch(`http://${address}/`, { method: 'HEAD' }));
  return `http://${address}/`;
}
