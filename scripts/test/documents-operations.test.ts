// The tables of docs/operations.md: its metrics and secrets exist, its sizes follow from the measured figures, and Redis takes its settings.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { metricTable, settings } from '@danmux/runtime';
import { eventually, startRedis } from '@danmux/testkit/unit';
import { read } from '../documents/pages.ts';
import { blocksOf } from '../documents/ways.ts';

const page = read('docs/operations.md');
const sectionOf = (name: string): string => new RegExp(`^## ${name}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(page)?.[1] ?? '';
const cellsOf = (section: string): string[][] => [...section.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.split(' | ')).slice(1);
const numberOf = (text = ''): number => Number(text.replaceAll(',', '').match(/[\d.]+/)?.[0]);

test('every section that operators look for is there', () => {
  for (const name of [
    'Install',
    'Secrets',
    'Sizes',
    'Settings of Redis',
    'Memory of Redis',
    'Backup and restore',
    'Alarms',
    'What to do when',
    'Behind a proxy',
  ])
    assert.ok(sectionOf(name).length > 200, name);
});

test('an alarm names metrics and settings that exist', () => {
  const known = new Set<string>([...metricTable.map(({ name }) => name), 'shards']);
  const rows = cellsOf(sectionOf('Alarms'));
  assert.ok(rows.length > 6, `${rows.length} alarms`);
  const names = rows.flatMap(([alarm = '']) => [...alarm.matchAll(/`(danmux_\w+|\w+)`/g)].map(([, name = '']) => name));
  assert.ok(names.length > 9, names.join());
  assert.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
  );
});

test('the table of secrets has each secret setting, and no other', () => {
  const secrets = settings.filter(({ schema }) => JSON.stringify(schema).includes('"secret":true')).map(({ path, schema }) => schema.env ?? path);
  const shown = cellsOf(sectionOf('Secrets')).flatMap(([names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  assert.deepEqual(shown.toSorted(), secrets.toSorted());
});

test('a setting that the page names exists', () => {
  const paths = settings.map(({ path }) => path);
  const sections = new Set(paths.map((path) => path.split('.')[0]));
  const named = [...page.matchAll(/`([a-z_]+\.[a-z_.]+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => sections.has(name.split('.')[0] ?? '') && !/(\.conf|\.)$/.test(name));
  assert.ok(named.length > 20, named.join());
  assert.deepEqual(
    named.filter((name) => !paths.includes(name) && !paths.some((path) => path.startsWith(`${name}.`) || name.startsWith(`${path}.`))),
    [],
  );
});

test('the sizes follow from the measured figures', () => {
  const performance = read('docs/performance.md');
  const figure = (name: string) => numberOf(new RegExp(`^\\| ${name}[^|]*\\| ([^|]+) \\|`, 'm').exec(performance)?.[1]);
  const [load, connection, cap] = [figure('h, planned load'), figure('bytes a connection'), figure('C, connections')];
  const [, frames, message, busy] =
    /## rated-load[\s\S]*?^\| steady \| [^|]+ \| ([\d,]+) \|[^|]*\| (\d+) \|[^|]*\| (\d+) % \|/m.exec(performance)?.map(numberOf) ?? [];
  assert.ok(frames && message && busy, 'the row of rated-load');
  const writes = (frames * 100) / busy;
  const empty = numberOf(/^\| RSS MiB before \| (\d+)/m.exec(performance)?.[1]);
  const near = (shown: number, computed: number, what: string) =>
    assert.ok(Math.abs(shown / computed - 1) < 0.02, `${what}: ${shown} in docs/operations.md, ${computed} by the figures of docs/performance.md`);
  const section = sectionOf('Sizes');
  const rows = cellsOf(section);
  assert.equal(rows.length, 4, section);
  for (const [messages, viewers, memory, bandwidth] of rows) {
    const rate = numberOf(messages);
    const most = Math.min(cap, (load * writes) / Math.min(rate, 20));
    near(numberOf(viewers), most, `viewers at ${rate} messages/s`);
    near(numberOf(memory), empty + (numberOf(viewers) * connection) / 2 ** 20, `MiB at ${rate} messages/s`);
    near(numberOf(bandwidth), (10_000 * rate * message * 8) / 1e6, `Mbit/s at ${rate} messages/s`);
  }
  const cpu = (role: string) => Number(new RegExp(`cpu\\(${role}\\), seconds a message \\| (\\S+)`).exec(performance)?.[1]);
  const shown = /a relay core for ([\d,]+), an api core for ([\d,]+).*a Redis core for ([\d,]+)/.exec(section) ?? [];
  for (const [at, role] of ['relay', 'api', 'Redis'].entries()) near(numberOf(shown[at + 1]), load / cpu(role), `messages/s of a ${role} core`);
});

for (const block of blocksOf('redis'))
  test(`Redis takes line ${block.line} of ${block.file} and those after it`, async (t) => {
    const lines = block.text
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const redis = await startRedis({ args: lines.flatMap(([name, ...values]) => [`--${name}`, ...(name === 'save' ? [values.join(' ')] : values)]) });
    t.after(() => redis.stop());
    const get = async (name: string) => (await redis.command(`CONFIG GET ${name}`)).split('\r\n')[4] ?? '';
    for (const [name = '', ...values] of lines) {
      const wanted = values
        .join(' ')
        .replace(/\b(\d+)([gm])b\b/g, (_all, count: string, unit: string) => String(Number(count) * (unit === 'g' ? 2 ** 30 : 2 ** 20)));
      assert.ok((await get(name)).includes(wanted), `${name}: ${await get(name)}`);
    }
  });

test('Redis reads the copy with --appendonly no, as the page says, and writes an AOF of it when that is turned on', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-copy-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const start = async (...args: string[]) => {
    const redis = await startRedis({ args: ['--dir', dir, ...args] });
    t.after(() => redis.stop());
    return redis;
  };
  const before = await start();
  await before.command('SET gift rocket');
  assert.match(await before.command('SAVE'), /OK/);
  await before.kill();
  const restored = await start('--appendonly', 'no');
  assert.match(await restored.command('GET gift'), /rocket/);
  assert.match(await restored.command('CONFIG SET appendonly yes'), /OK/);
  await eventually(async () => assert.match(await restored.command('INFO persistence'), /aof_rewrite_in_progress:0[\s\S]*aof_rewrite_scheduled:0/));
  await restored.kill();
  const again = await start('--appendonly', 'yes');
  assert.match(await again.command('GET gift'), /rocket/);
  await again.kill();
  rmSync(join(dir, 'appendonlydir'), { recursive: true, force: true });
  rmSync(join(dir, 'appendonly.aof'), { force: true });
  assert.match(await (await start('--appendonly', 'yes')).command('GET gift'), /^\$-1/, 'empty: this is why the page says --appendonly no');
});
