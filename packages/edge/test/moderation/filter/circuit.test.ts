import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Circuit } from '../../../src/moderation/filter/circuit.ts';

function circuitAt(start: number) {
  const clock = { time: start, now: () => clock.time };
  return { clock, circuit: new Circuit(clock, { failures: 3, probeEveryMs: 1_000 }) };
}

test('it opens after so many failures in a row, and says so once', () => {
  const { circuit } = circuitAt(0);
  circuit.failed();
  circuit.failed();
  assert.equal(circuit.succeeded(), false);
  assert.deepEqual([circuit.failed(), circuit.failed(), circuit.failed(), circuit.failed()], [false, false, true, false]);
  assert.deepEqual([circuit.open, circuit.maySend()], [true, false]);
});

test('one probe an interval, and one that succeeds closes it', () => {
  const { circuit, clock } = circuitAt(5_000);
  for (let count = 0; count < 3; count++) circuit.failed();
  clock.time += 999;
  assert.equal(circuit.maySend(), false);
  clock.time += 1;
  assert.deepEqual([circuit.maySend(), circuit.maySend()], [true, false]);
  assert.equal(circuit.succeeded(), true);
  assert.deepEqual([circuit.maySend(), circuit.maySend()], [true, true]);
});

test('a clock that is set back does not put the probe off', () => {
  const { circuit, clock } = circuitAt(1_000_000);
  for (let count = 0; count < 3; count++) circuit.failed();
  clock.time = 10;
  assert.deepEqual([circuit.maySend(), circuit.maySend()], [true, false]);
});
