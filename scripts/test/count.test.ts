// The sums, and PHPUnit's log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothing, sum, withExit } from '../suite/count.ts';
import { parts } from '../suite/parts.ts';
import { countJunit } from '../suite/phpunit.ts';

test('counts add up', () => {
  assert.deepEqual(sum([{ passed: 1, failed: 2 }, { passed: 3, failed: 4 }, nothing]), { passed: 4, failed: 6 });
});

test('failures are kept in the order of the parts', () => {
  const failures = sum([{ passed: 0, failed: 1, failures: ['a'] }, nothing, { passed: 0, failed: 2, failures: ['b', 'c'] }]).failures;
  assert.deepEqual(failures, ['a', 'b', 'c']);
});

test('a bad end without a failed test is a failure, and so is testing nothing', () => {
  assert.deepEqual(withExit({ passed: 3, failed: 0 }, false), { passed: 3, failed: 1 });
  assert.deepEqual(withExit({ passed: 3, failed: 1 }, false), { passed: 3, failed: 1 });
  assert.deepEqual(withExit({ passed: 3, failed: 0 }, true), { passed: 3, failed: 0 });
  assert.deepEqual(withExit(nothing, true), { passed: 0, failed: 1 });
});

test('PHPUnit’s log is counted once, with errors, failures, warnings and skipped ones as failed', () => {
  const inner = '<testsuite name="client" tests="9" errors="9" failures="0" warnings="0" skipped="0">';
  const xml = `<?xml version="1.0"?>\n<testsuites>\n  <testsuite name="" tests="10" assertions="30" errors="1" warnings="1" failures="2" skipped="1" time="1.5">\n${inner}`;
  assert.deepEqual(countJunit(xml), { passed: 5, failed: 5 });
  assert.deepEqual(countJunit(''), nothing);
});

test('each part has a name of its own and says what it does', () => {
  assert.equal(new Set(parts.map(({ name }) => name)).size, parts.length);
  for (const { name, does } of parts) assert.ok(/^[a-z0-9]+$/.test(name) && does.length > 0, name);
});
