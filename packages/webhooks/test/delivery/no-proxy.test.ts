// The rules of NO_PROXY.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bypassesProxy } from '../../src/delivery/no-proxy.ts';

const bypasses = (entry: string, ...urls: string[]) => urls.map((url) => bypassesProxy([entry], new URL(url)));

test('a name matches itself and its subdomains, with or without a leading dot, in any case', () => {
  for (const entry of ['example.com', '.example.com', '*.example.com', 'EXAMPLE.com'])
    assert.deepEqual(
      bypasses(entry, 'https://example.com', 'https://a.b.Example.com', 'https://notexample.com', 'https://example.com.evil'),
      [true, true, false, false],
      entry,
    );
});

test('addresses and ranges match hosts given as addresses, in every notation', () => {
  assert.deepEqual(bypasses('10.0.0.0/8', 'https://10.1.2.3', 'https://11.0.0.1', 'https://[::ffff:10.1.2.3]', 'https://ten.example'), [
    true,
    false,
    true,
    false,
  ]);
  assert.deepEqual(bypasses('10.1.2.3', 'https://10.1.2.3', 'https://10.1.2.4'), [true, false]);
  assert.deepEqual(bypasses('::1', 'https://[::1]', 'https://[0:0:0:0:0:0:0:1]', 'https://[::2]'), [true, true, false]);
  assert.deepEqual(bypasses('fd00::/8', 'https://[fd12::1]', 'https://10.0.0.1'), [true, false]);
});

test('a port narrows an entry, and * matches all', () => {
  assert.deepEqual(bypasses('example.com:8443', 'https://example.com:8443', 'https://example.com'), [true, false]);
  assert.deepEqual(bypasses('example.com:443', 'https://example.com', 'http://example.com'), [true, false]);
  assert.deepEqual(bypasses('[::1]:8080', 'http://[::1]:8080', 'http://[::1]'), [true, false]);
  assert.deepEqual(bypasses('*', 'https://anything.example', 'http://10.0.0.1'), [true, true]);
  assert.deepEqual(bypassesProxy([], new URL('https://example.com')), false);
});
