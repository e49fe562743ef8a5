// Tests of the error table and of DanmuxError.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError, type ErrorCode, errors } from '../src/errors.ts';

test('every error has a snake_case code, an HTTP error status and a sentence as text', () => {
  for (const [code, { status, text }] of Object.entries(errors)) {
    assert.match(code, /^[a-z][a-z_]*$/);
    assert.ok(status >= 400 && status <= 599, `${code}: ${status}`);
    assert.match(text, /^[A-Z].*\.$/, code);
  }
});

test('the retryable flag matches the HTTP status', () => {
  // Retryable 4xx errors: a mute can expire, a request in flight can finish, and a token can become valid.
  const passing = ['muted', 'room_muted', 'idempotency_in_flight', 'token_not_yet_valid'];
  for (const [code, { status, retryable }] of Object.entries(errors)) {
    if (status === 503) assert.equal(retryable, true, code);
    if ([400, 401, 403, 404, 405, 409, 413, 415, 422].includes(status)) assert.equal(retryable, passing.includes(code), code);
  }
});

test('a DanmuxError has the text and status of the table and keeps its cause', () => {
  const cause = new Error('socket closed');
  const error = new DanmuxError('unavailable', { cause });
  assert.equal(error.message, errors.unavailable.text);
  assert.equal(error.status, 503);
  assert.equal(error.cause, cause);
  assert.equal(error.name, 'DanmuxError');
  assert.ok(error instanceof Error);
});

test('a DanmuxError can replace the text of the table', () => {
  const error = new DanmuxError('rate_limited', { message: 'At most 60 a minute.', retryAfterMs: 900 });
  assert.deepEqual(error.toBody(), { code: 'rate_limited', message: 'At most 60 a minute.', retry_after_ms: 900 });
});

test('a wait because of the state of the server is spread over one to two times its length, so that clients do not return together', () => {
  for (const code of ['unavailable', 'draining', 'lane_full', 'room_full'] as const) {
    const error = new DanmuxError(code, { retryAfterMs: 2_000 });
    const waits = Array.from({ length: 200 }, () => error.toBody().retry_after_ms ?? 0);
    assert.ok(Math.min(...waits) >= 2_000 && Math.max(...waits) <= 4_000, code);
    assert.ok(new Set(waits.map((wait) => Math.floor(wait / 200))).size >= 8, `${code}: the waits differ, also for one error object`);
  }
});

test('the wait of a rate limit or a mute is exact', () => {
  for (const code of ['rate_limited', 'muted', 'slow_mode', 'banned'] as const)
    assert.equal(new DanmuxError(code, { retryAfterMs: 900 }).toBody().retry_after_ms, 900);
});

test('a body without a retry time has no retry_after_ms', () => {
  assert.deepEqual(Object.keys(new DanmuxError('forbidden').toBody()), ['code', 'message']);
});

test('a DanmuxError can be created with every code of the table', () => {
  for (const code of Object.keys(errors) as ErrorCode[]) assert.equal(new DanmuxError(code).toBody().code, code);
});
