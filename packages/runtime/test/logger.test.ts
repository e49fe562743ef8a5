// Tests of the logger: JSON lines with role and node, redacted secrets, and human-readable lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, type LoggerOptions } from '../src/logger.ts';

function logged(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, log: createLogger({ level: 'info', role: 'edge', node: 'edge-1', destination, ...options }) };
}

test('a line is JSON with time, level by name, role, node and message', () => {
  const { lines, log } = logged();
  log.child({ room: 'live:1' }).info({ trace: 't1' }, 'joined');
  const line = JSON.parse(lines[0] ?? '');
  assert.deepEqual({ ...line, time: undefined }, { level: 'info', time: undefined, role: 'edge', node: 'edge-1', room: 'live:1', trace: 't1', msg: 'joined' });
  assert.match(line.time, /^\d{4}-\d\d-\d\dT/);
});

test('a line below the level is not written', () => {
  const { lines, log } = logged({ level: 'warn' });
  log.info('quiet');
  log.warn('loud');
  assert.equal(lines.length, 1);
});

const secret = 'hunter2';
const leaks: Record<string, object> = {
  'at the top': { token: secret, key: secret, password: secret, secret, authorization: secret, auth: secret, api_key: secret, token_secret: secret },
  'inside a field': { viewer: { token_secret: secret }, api: { key: secret }, handshake: { auth: { token: secret } }, user: { token: secret } },
  'in request headers': { req: { headers: { authorization: `Bearer ${secret}`, 'x-api-key': secret, cookie: secret } } },
  'in headers': { headers: { authorization: secret, 'x-api-key': secret, cookie: secret } },
  'in the arguments of a failed AUTH': { err: Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['user', secret] } }) },
};
for (const [where, fields] of Object.entries(leaks)) {
  for (const pretty of [false, true]) {
    test(`secrets ${where} are redacted${pretty ? ' in human-readable lines' : ''}`, () => {
      const { lines, log } = logged({ pretty });
      log.info(fields, 'request');
      assert.match(lines.join(''), /\[redacted\]/);
      assert.ok(!lines.join('').includes(secret), lines.join(''));
    });
  }
}

test('secrets in a child logger are redacted', () => {
  const { lines, log } = logged();
  log.child({ token: secret }).info('hello');
  assert.ok(!lines.join('').includes(secret));
});

test('an error keeps its stack and its code', () => {
  const { lines, log } = logged();
  log.error({ err: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }, 'store away');
  const { err } = JSON.parse(lines[0] ?? '');
  assert.equal(err.code, 'ECONNREFUSED');
  assert.match(err.stack, /logger\.test/);
});

test('human-readable lines are complete, not JSON, and written before the call returns', () => {
  const { lines, log } = logged({ pretty: true });
  log.warn({ room: 'live:1' }, 'slow viewer');
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /WARN.*\[edge\] slow viewer[\s\S]*live:1[\s\S]*\n$/);
  assert.throws(() => JSON.parse(lines[0] ?? ''));
});
