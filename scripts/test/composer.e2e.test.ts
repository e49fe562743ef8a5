// The Composer lines of clients/php/README.md in an empty folder beside the checkout, then the README's PHP through Composer's autoloader against a
// real api. Packagist is switched off, so the package can only come from the path.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { eventually } from '@danmux/testkit/unit';
import { startDanmux } from '@danmux/testkit/whole-danmux';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const readme = readFileSync(join(root, 'clients/php/README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'danmux-composer-'));
const home = join(folder, 'home');
const shop = join(folder, 'shop');
after(() => rmSync(folder, { recursive: true, force: true }));
for (const path of [home, shop]) mkdirSync(path);
symlinkSync(root.replace(/\/$/, ''), join(folder, 'danmux'));
writeFileSync(join(home, 'config.json'), JSON.stringify({ repositories: [{ 'packagist.org': false }] }));

/** The code blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code ?? '');
}

async function shell(lines: string, cwd: string): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'] ?? '', COMPOSER_HOME: home, COMPOSER_NO_INTERACTION: '1', COMPOSER_ALLOW_SUPERUSER: '1' };
  try {
    const { stdout, stderr } = await run('bash', ['-e', '-c', lines], { cwd, env, timeout: 60_000 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Error & { code: number; stdout: string; stderr: string };
    return { code, output: `${stdout}${stderr}` };
  }
}

describe('danmux/client with Composer, from a checkout', () => {
  const lines = blocks('sh').find((block) => block.includes('composer require')) ?? '';

  test('the lines of the README install it', { timeout: 120_000 }, async () => {
    assert.match(lines, /^composer require danmux\/client:@dev$/m);
    const { code, output } = await shell(lines, shop);
    assert.equal(code, 0, output);
    assert.ok(existsSync(join(shop, 'vendor/danmux/client/src/Client.php')), `the package is in vendor: ${output}`);
    const { require } = JSON.parse(readFileSync(join(shop, 'composer.json'), 'utf8')) as { require: unknown };
    assert.deepEqual(require, { 'danmux/client': '@dev' });
  });

  test('the PHP of the README runs with it', { timeout: 120_000 }, async (t) => {
    const danmux = await startDanmux(t);
    const [first = '', history = ''] = [
      blocks('php').find((block) => block.includes("publish('gift'")),
      blocks('php').find((block) => block.includes('->history(')),
    ];
    assert.match(first, /^require 'clients\/php\/src\/autoload\.php';.*$/m);
    const code = (block: string) => `<?php\n${block.replace(/^require .*$/m, "require 'vendor/autoload.php';").replace('http://127.0.0.1:7800', danmux.url)}`;
    const php = async (source: string) => {
      writeFileSync(join(shop, 'page.php'), source);
      const { stdout } = await run('php', ['-d', 'error_reporting=-1', '-d', 'display_errors=stderr', 'page.php'], {
        cwd: shop,
        env: { ...process.env, DANMUX_API_KEY: danmux.key },
      });
      return stdout;
    };
    assert.equal(await php(code(first)), 'order-90071 in lane gift\n');
    const client = /^\$danmux = .*$/m.exec(first)?.[0] ?? '';
    await eventually(async () => assert.match(await php(code(`require '';\n${client}\n${history}`)), /^\d\d:\d\d:\d\d 小明 \{"gift":"rocket","count":1\}$/m));
  });

  test('without @dev it is refused, and composer.json of the package is valid', { timeout: 120_000 }, async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    const { code, output } = await shell(lines.replace(':@dev', ''), other);
    assert.notEqual(code, 0, output);
    assert.match(output, /minimum-sta/);
    const valid = await shell('composer validate --strict composer.json', join(root, 'clients/php'));
    assert.equal(valid.code, 0, valid.output);
  });
});
