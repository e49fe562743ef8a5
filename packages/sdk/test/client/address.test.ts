// Splitting addresses of edges: sub-paths, the option `path`, and forms that socket.io would misread.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf } from '../../src/client/address.ts';

test('an address without a path has socket.io at the root', () => {
  for (const url of ['https://x.example', 'https://x.example/']) assert.deepEqual(addressOf(url), { server: 'https://x.example/', path: '/socket.io/' });
  assert.deepEqual(addressOf('ws://[::1]:7700'), { server: 'ws://[::1]:7700/', path: '/socket.io/' });
});

test('a path in the address is the path of the edge, and no namespace', () => {
  for (const url of ['https://x.example/danmu', 'https://x.example/danmu/', 'https://x.example/danmu/socket.io/', 'https://x.example/danmu/socket.io'])
    assert.deepEqual(addressOf(url), { server: 'https://x.example/', path: '/danmu/socket.io/' }, url);
  assert.equal(addressOf('https://x.example/a/b').path, '/a/b/socket.io/');
  assert.deepEqual(addressOf('/danmu'), { server: '/', path: '/danmu/socket.io/' }, 'on the origin of the page');
  assert.deepEqual(addressOf('//x.example/danmu'), { server: '//x.example/', path: '/danmu/socket.io/' });
});

test('the option `path` replaces /socket.io below the path of each address', () => {
  for (const path of ['ws', '/ws', '/ws/']) assert.equal(addressOf('https://x.example', path).path, '/ws/', path);
  assert.equal(addressOf('https://x.example', '/danmu/socket.io').path, '/danmu/socket.io/');
  assert.equal(addressOf('https://x.example/danmu', '/ws').path, '/danmu/ws/');
  assert.equal(addressOf('https://x.example/danmu', '/').path, '/danmu/');
});

test('a query stays with the server', () => {
  assert.deepEqual(addressOf('https://x.example/danmu?region=eu#top'), { server: 'https://x.example/?region=eu', path: '/danmu/socket.io/' });
});
