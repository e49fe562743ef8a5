// Tests that console output of libraries goes into the log, and that the console is restored afterwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logConsole } from '../src/console-lines.ts';
import { createLogger } from '../src/logger.ts';

test('each console call is one JSON line with the right level, whatever its arguments', () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', role: 'worker', node: 'n', destination: { write: (line) => void lines.push(line) } });
  const restore = logConsole(log);
  try {
    console.warn('IMPORTANT! Eviction policy is %s.\nIt should be "noeviction"', 'allkeys-lru');
    console.error(new Error('broken'));
    console.log({ a: 1 });
  } finally {
    restore();
  }
  const rows = lines.map((line) => JSON.parse(line) as { level: string; printed: string });
  assert.deepEqual(
    rows.map(({ level }) => level),
    ['warn', 'error', 'info'],
  );
  assert.equal(rows[0]?.printed, 'IMPORTANT! Eviction policy is allkeys-lru.\nIt should be "noeviction"');
  assert.match(rows[1]?.printed ?? '', /^Error: broken\n {4}at /);
});

test('the returned function restores the console', () => {
  const before = { ...console };
  logConsole({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} })();
  assert.deepEqual({ ...console }, before);
});
