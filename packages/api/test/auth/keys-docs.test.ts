// Checks docs/keys.md: its table of scopes equals the code, and its examples of signed requests run.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type ApiFixture, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import { scopes } from '../../src/auth/scopes.ts';

const page = readFileSync(new URL('../../../../docs/keys.md', import.meta.url), 'utf8');
const dir = mkdtempSync(join(tmpdir(), 'danmux-keys-'));
const owner = ownerOf(after);
let fixture: ApiFixture;
let environment: NodeJS.ProcessEnv;
before(async () => {
  fixture = await startApi(owner);
  const { body } = await fixture.call('POST', '/v1/keys', { id: 'shop', scopes: ['publish', 'read'], rooms: ['live:*'], signed_only: true });
  environment = { ...process.env, DANMUX_URL: fixture.url, DANMUX_KEY_ID: 'shop', DANMUX_SIGNING_SECRET: body.signing_secret };
});
after(() => rmSync(dir, { recursive: true }));

async function run(language: string, command: string): Promise<{ id?: string; msgs?: readonly { id: string }[] }> {
  const [, example] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(page) ?? [];
  assert.ok(example, `an example in ${language}`);
  const file = join(dir, `example.${language}`);
  writeFileSync(file, example);
  const child = spawn(command, [file], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await text(child.stdout));
}

test('docs/keys.md lists the scopes of the code', () => {
  const rows = Object.entries(scopes).map(([scope, allows]) => `| \`${scope}\` | ${allows} |`);
  assert.ok(page.includes(rows.join('\n')), rows.join('\n'));
});

test('the PHP example sends a gift and the curl example reads it', async () => {
  const { id } = await run('php', 'php');
  assert.equal(typeof id, 'string');
  const [sent] = await fixture.sequence();
  assert.deepEqual([sent?.id, sent?.room], [id, 'live:1001']);
  const { msgs } = await run('sh', 'bash');
  assert.deepEqual(
    msgs?.map((msg) => msg.id),
    [id],
  );
});
