// Tests of Origins: pages that may connect, and pages that may send cookies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originAllowed, originKnown } from '../../src/door/origin.ts';

test('no Origin is no page: apps and backends may connect', () => {
  assert.equal(originAllowed(undefined, 'edge.example', []), true);
});

test('a page of the same host name may, on any port and scheme', () => {
  assert.equal(originAllowed('https://live.example', 'live.example', []), true);
  assert.equal(originAllowed('http://live.example:8080', 'live.example:7700', []), true);
  assert.equal(originAllowed('http://LIVE.example', 'live.EXAMPLE', []), true);
  assert.equal(originAllowed('http://[::1]:3000', '[::1]:7700', []), true);
});

test('a page of another host may not, however alike its name is', () => {
  for (const origin of [
    'https://evil.example',
    'https://live.example.evil.example',
    'https://xlive.example',
    'https://sub.live.example',
    'null',
    '',
    'live.example',
    'file://',
  ])
    assert.equal(originAllowed(origin, 'live.example', []), false, origin);
});

test('loopback pages may connect to a loopback edge, and a name that only begins like one may not', () => {
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1:5173', 'http://127.1.2.3', 'http://[::1]:5173'])
    assert.equal(originAllowed(origin, '127.0.0.1:7700', []), true, origin);
  for (const origin of ['http://127.evil.example', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example', 'http://128.0.0.1'])
    assert.equal(originAllowed(origin, '127.0.0.1:7700', []), false, origin);
  assert.equal(originAllowed('http://localhost', 'edge.example', []), false);
});

test('configured Origins match exactly, and the star all', () => {
  const allowed = ['https://app.example'];
  assert.equal(originAllowed('https://app.example', 'edge.example', allowed), true);
  assert.equal(originAllowed('http://app.example', 'edge.example', allowed), false);
  assert.equal(originAllowed('https://app.example:444', 'edge.example', allowed), false);
  assert.equal(originAllowed('null', undefined, ['*']), true);
});

test('a page is refused when the request names no host', () => {
  assert.equal(originAllowed('http://live.example', undefined, []), false);
  assert.equal(originAllowed('http://live.example', 'not a host', []), false);
});

test('a page of the same host or a listed Origin may send cookies, one that only the star allows may not', () => {
  assert.equal(originKnown('https://app.example', 'edge.example', ['https://app.example', '*']), true);
  assert.equal(originKnown('https://edge.example:8443', 'edge.example', []), true);
  assert.equal(originKnown('https://other.example', 'edge.example', ['*']), false);
});
