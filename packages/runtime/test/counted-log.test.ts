// Tests of repeated log lines: the first is written, the others are counted and reported once per window.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { CountedLog } from '../src/counted-log.ts';

let lines: [level: string, fields: object, message: string][];
let log: CountedLog;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  lines = [];
  const write = (level: string) => (fields: object, message: string) => void (level !== 'debug' && lines.push([level, fields, message]));
  log = new CountedLog({ debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') } as never);
});
afterEach(() => mock.timers.reset());

test('the first line is written immediately; the others become one line with their count and the fields of the last', () => {
  for (let shard = 0; shard < 221; shard++) log.warn({ shard }, 'a commit was refused');
  assert.deepEqual(lines, [['warn', { shard: 0 }, 'a commit was refused']]);
  mock.timers.tick(10_000);
  assert.deepEqual(lines.slice(1), [['warn', { shard: 220, repeated: 220 }, 'a commit was refused']]);
});

test('a message that keeps repeating is one line per minute; after a window without it, the next line is written immediately', () => {
  log.warn({}, 'x');
  log.warn({}, 'x');
  mock.timers.tick(10_000);
  for (let second = 0; second < 120; second++) {
    log.warn({}, 'x');
    mock.timers.tick(1_000);
  }
  assert.deepEqual(lines.slice(1), [
    ['warn', { repeated: 1 }, 'x'],
    ['warn', { repeated: 60 }, 'x'],
    ['warn', { repeated: 60 }, 'x'],
  ]);
  mock.timers.tick(60_000);
  log.warn({ again: true }, 'x');
  assert.deepEqual(lines.slice(4), [['warn', { again: true }, 'x']]);
});

test('lines are counted per message and `per`, and `most` lines of each are written', () => {
  for (const per of ['a', 'b', 'a']) log.warn({ per }, 'x', { per });
  for (let count = 0; count < 5; count++) log.error({ count }, 'y', { most: 3 });
  assert.deepEqual(
    lines.map(([, , message]) => message),
    ['x', 'x', 'y', 'y', 'y'],
  );
});

test('stop writes pending counts and leaves no timer', () => {
  for (const n of [1, 2, 3]) log.info({ n }, 'x');
  log.stop();
  mock.timers.tick(100_000);
  assert.deepEqual(lines, [
    ['info', { n: 1 }, 'x'],
    ['info', { n: 3, repeated: 2 }, 'x'],
  ]);
});
