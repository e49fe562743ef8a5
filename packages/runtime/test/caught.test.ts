// Tests that one call both counts and logs a caught error.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Caught, createCaught } from '../src/caught.ts';
import { createMetrics } from '../src/metrics.ts';

let lines: [level: string, line: object, message: string, repeats?: object][];
let caught: Caught;
const metrics = createMetrics({ defaults: false });

beforeEach(() => {
  lines = [];
  metrics.caught.reset();
  const write =
    (level: string) =>
    (line: object, message: string, ...repeats: [object?]) =>
      void lines.push([level, line, message, ...repeats]);
  caught = createCaught({ metrics, log: { debug: write('debug') } as never, counted: { warn: write('warn'), error: write('error') } });
});

async function countOf(where: string): Promise<number | undefined> {
  return (await metrics.caught.get()).values.find(({ labels }) => labels.where === where)?.value;
}

test('an error is counted under its `where` label and written once at warn', async () => {
  const error = new Error('away');
  caught('feeds', error, 'could not close a feed', { fields: { room: 'a' } });
  assert.equal(await countOf('feeds'), 1);
  assert.deepEqual(lines, [['warn', { err: error, room: 'a' }, 'could not close a feed', {}]]);
});

test('level error and the options of the counted log are passed on', () => {
  const error = new Error('broken');
  caught('dispatch', error, 'a viewer event failed', { level: 'error', most: 20, per: 'join' });
  assert.deepEqual(lines, [['error', { err: error }, 'a viewer event failed', { most: 20, per: 'join' }]]);
});

test('an error at debug is counted, and every line is written', async () => {
  for (const error of [new Error('1'), new Error('2')]) caught('presence', error, 'could not report presence', { level: 'debug' });
  assert.equal(await countOf('presence'), 2);
  assert.deepEqual(
    lines.map(([level]) => level),
    ['debug', 'debug'],
  );
});

test('without an error the line has only its fields', () => {
  caught('keys', undefined, 'a stored key is malformed', { fields: { id: 'k1' } });
  assert.deepEqual(lines[0]?.[1], { id: 'k1' });
});
