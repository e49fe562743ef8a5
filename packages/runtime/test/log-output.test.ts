// Tests of the log output: ordered, non-blocking, bounded, with dropped lines counted and reported.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogOutput } from '../src/log-output.ts';
import type { LogSink } from '../src/log-sink.ts';

/** A sink whose writes stay pending until `answer` completes them. */
function heldSink() {
  const written: string[] = [];
  let pending: { chunk: Buffer; done: Parameters<LogSink['write']>[1] } | undefined;
  return {
    written,
    sink: {
      write(chunk: Buffer, done: Parameters<LogSink['write']>[1]) {
        assert.equal(pending, undefined, 'one write at a time');
        pending = { chunk, done };
      },
    },
    get waits() {
      return pending !== undefined;
    },
    answer(error: NodeJS.ErrnoException | null = null, bytes = pending?.chunk.length ?? 0) {
      assert.ok(pending, 'a write is under way');
      const { chunk, done } = pending;
      pending = undefined;
      if (!error) written.push(chunk.subarray(0, bytes).toString());
      done(error, error ? 0 : bytes);
    },
  };
}

function output(bufferBytes: number) {
  const held = heldSink();
  const told: unknown[] = [];
  let dropped = 0;
  const out = new LogOutput({
    bufferBytes,
    sink: held.sink,
    dropped: () => void dropped++,
    outage: (error) => told.push(['outage', error?.code]),
    resumed: (lines) => {
      told.push(['resumed', lines]);
      out.write(`dropped ${lines}\n`);
    },
  });
  return { out, held, told, dropped: () => dropped };
}

const noSpace = () => Object.assign(new Error('full'), { code: 'ENOSPC' });

test('lines logged during a write are written together after it, in order', () => {
  const { out, held } = output(1_000);
  for (const line of ['a\n', 'b\n', 'c\n']) out.write(line);
  held.answer();
  held.answer();
  assert.deepEqual(held.written, ['a\n', 'b\nc\n']);
  assert.ok(!held.waits);
});

test('the rest of a partly written chunk is written next', () => {
  const { out, held } = output(1_000);
  out.write('中文\n');
  out.write('b\n');
  held.answer(null, 3);
  held.answer();
  held.answer();
  assert.equal(held.written.slice(1).join(''), '文\nb\n');
});

test('when the buffer is full, lines are dropped until half of it is free; then the count is reported once, in order', () => {
  const { out, held, told, dropped } = output(24);
  out.write(`${'1'.repeat(11)}\n`);
  for (const line of [`${'2'.repeat(11)}\n`, 'lost\n', 'lost\n']) out.write(line);
  assert.deepEqual([told, dropped()], [[['outage', undefined]], 2]);
  held.answer();
  assert.deepEqual(told, [
    ['outage', undefined],
    ['resumed', 2],
  ]);
  held.answer();
  assert.equal(held.written.join(''), '11111111111\n22222222222\ndropped 2\n');
});

test('during an outage short lines are dropped too, so that the log has one gap instead of many', () => {
  const { out, held, dropped } = output(16);
  for (const line of ['1234567890\n', 'too long\n', 'x\n']) out.write(line);
  assert.equal(dropped(), 2);
  held.answer();
  held.answer();
  assert.equal(held.written.join(''), '1234567890\ndropped 2\n');
});

test('a line larger than the buffer is dropped and reported at once, and the next ones are written', () => {
  const { out, held, dropped } = output(10);
  out.write('x'.repeat(11));
  assert.equal(dropped(), 1);
  held.answer();
  out.write('next\n');
  held.answer();
  assert.deepEqual(held.written, ['dropped 1\n', 'next\n']);
});

test('a fatal line may exceed the buffer, up to the reserve', () => {
  const { out, held, dropped } = output(10);
  out.write('1234567890');
  out.write('lost\n');
  out.write('fatal\n', true);
  for (let index = 0; index < 100; index++) out.write('f'.repeat(1_000), true);
  assert.ok(dropped() > 30, String(dropped()));
  held.answer();
  held.answer();
  assert.match(held.written.join(''), /^1234567890fatal\nf/);
});

test('a failed write is retried with backoff, and its error is reported when lines are dropped', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { out, held, told } = output(16);
  out.write('1234567890\n');
  held.answer(noSpace());
  out.write('is lost\n');
  assert.deepEqual(told, [['outage', 'ENOSPC']]);
  assert.ok(!held.waits);
  t.mock.timers.tick(20);
  held.answer(noSpace());
  t.mock.timers.tick(39);
  assert.ok(!held.waits);
  t.mock.timers.tick(1);
  held.answer();
  assert.deepEqual([held.written, told.at(-1)], [['1234567890\n'], ['resumed', 1]]);
});

test('flush calls back when all lines are written, immediately when the buffer is empty, and not while the sink is blocked', () => {
  const { out, held } = output(100);
  const flushed: string[] = [];
  out.flush(() => flushed.push('idle'));
  out.write('a\n');
  out.write('b\n');
  out.flush(() => flushed.push('lines'));
  held.answer();
  assert.deepEqual(flushed, ['idle']);
  held.answer();
  assert.deepEqual(flushed, ['idle', 'lines']);
});
