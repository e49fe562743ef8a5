// A file of the archive: its name, appending, and repair after a crash.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { after, test } from 'node:test';
import { type ArchivedMessage, appendMessages, dayFile } from '../../src/archive/day-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'danmux-archive-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const day = Date.UTC(2026, 0, 31, 23, 59, 59);
const message = (offset: number): ArchivedMessage => ({ id: `m${offset}`, lane: 'chat', offset, ts: day, data: { text: '火箭' } });

const idsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);

test('a file is named by its day in UTC and its room', () => {
  assert.equal(relative(dir, dayFile(dir, 'live:1001', day)), join('2026-01-31', 'live~1001.jsonl'));
  assert.equal(relative(dir, dayFile(dir, 'a..', day + 1_000)), join('2026-02-01', 'a...jsonl'));
  assert.ok(basename(dayFile(dir, 'x'.repeat(128), day)).length < 255, 'no file system refuses it');
});

test('messages are appended as lines with their room', async () => {
  const path = dayFile(dir, 'live:1', day);
  await appendMessages(path, 'live:1', [message(1), message(2)], false);
  await appendMessages(path, 'live:1', [message(3)], false);
  assert.deepEqual(idsIn(path), ['m1', 'm2', 'm3']);
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? ''), { room: 'live:1', ...message(1) });
});

test('a repeat after a crash writes no line twice, and completes a truncated one', async () => {
  const path = dayFile(dir, 'live:2', day);
  await appendMessages(path, 'live:2', [message(1), message(2)], true);
  appendFileSync(path, JSON.stringify({ room: 'live:2', ...message(3) }).slice(0, 20));
  await appendMessages(path, 'live:2', [message(1), message(2), message(3), message(4)], true);
  assert.deepEqual(idsIn(path), ['m1', 'm2', 'm3', 'm4']);
});

test('only the end of a large file is read', async () => {
  const path = dayFile(dir, 'live:3', day);
  const large = (offset: number) => ({ ...message(offset), data: 'x'.repeat(100_000) });
  for (let offset = 0; offset < 60; offset += 10) {
    await appendMessages(
      path,
      'live:3',
      Array.from({ length: 10 }, (_, index) => large(offset + index)),
      false,
    );
  }
  await appendMessages(path, 'live:3', [large(58), large(59), large(60)], true);
  assert.deepEqual(
    idsIn(path),
    Array.from({ length: 61 }, (_, offset) => `m${offset}`),
  );
});
