// Job ids: a form every queue takes, different for different kinds and names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobIdOf } from '../src/job-id.ts';

test('a job id has a form that every queue takes and differs by kind and by name', () => {
  assert.match(jobIdOf('publish', 'live:1\n订单/4711 '), /^publish-[0-9a-f]{32}$/);
  assert.equal(new Set([jobIdOf('a', 'x'), jobIdOf('a', 'y'), jobIdOf('b', 'x')]).size, 3);
});
