// Tests of the client's address: behind listed proxies, behind others, with forged and malformed headers; and that no other file reads it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addressNetwork, createClientAddress } from '../src/client-address.ts';
import { loadConfig } from '../src/config/load.ts';

const packages = fileURLToPath(new URL('../../', import.meta.url));

const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32) };
const testConfig = (set: object) => loadConfig({ environment: 'test', dir: 'none', env: {}, set: { ...secrets, ...set } }).config;

function addressOf(trusted: readonly string[], from: string | undefined, forwarded?: string): string {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: from });
  return createClientAddress(trusted)({ socket, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } });
}

test('without trusted proxies the header is ignored', () => {
  assert.equal(addressOf([], '10.0.0.1', '203.0.113.9'), '10.0.0.1');
  assert.equal(addressOf([], '::ffff:10.0.0.1', '203.0.113.9'), '10.0.0.1', 'an IPv4-mapped address is written as IPv4');
});

test('behind a trusted proxy the right-most address that is not trusted counts', () => {
  const trusted = ['10.0.0.0/8', 'fd00::/8'];
  assert.equal(addressOf(trusted, '10.0.0.1', '203.0.113.9'), '203.0.113.9');
  assert.equal(addressOf(trusted, '10.0.0.1', '198.51.100.1, 203.0.113.9, 10.0.0.2'), '203.0.113.9', 'a client can write only the left part');
  assert.equal(addressOf(trusted, 'fd00::1', '2001:db8::7'), '2001:db8::7');
  assert.equal(addressOf(trusted, '::ffff:10.0.0.1', '::ffff:203.0.113.9'), '203.0.113.9');
  assert.equal(addressOf(trusted, '10.0.0.1', '10.0.0.3, 10.0.0.2'), '10.0.0.3', 'a client in a trusted range');
  assert.equal(addressOf(trusted, '10.0.0.1'), '10.0.0.1', 'a request of the proxy itself, such as a health check');
});

test('the header of a sender that is not listed is ignored', () => {
  assert.equal(addressOf(['10.0.0.0/8'], '192.0.2.1', '203.0.113.9'), '192.0.2.1');
  assert.equal(addressOf(['10.0.0.1'], '10.0.0.2', '203.0.113.9'), '10.0.0.2', 'a single address is a range of one');
  assert.equal(addressOf(['10.0.0.0/8'], undefined, '203.0.113.9'), '', 'the connection has ended');
});

test('ports, brackets and zones are removed; a word that is not an address ends the search', () => {
  const trusted = ['10.0.0.0/8', 'fe80::/10'];
  assert.equal(addressOf(trusted, '10.0.0.1', '203.0.113.9:51234'), '203.0.113.9');
  assert.equal(addressOf(trusted, '10.0.0.1', '[2001:db8::7]:443'), '2001:db8::7');
  assert.equal(addressOf(trusted, 'fe80::1%eth0', '203.0.113.9'), '203.0.113.9');
  for (const garbage of ['unknown', '', ' , ', '203.0.113.9, <script>', '1.2.3']) assert.equal(addressOf(trusted, '10.0.0.1', garbage), '10.0.0.1', garbage);
  assert.equal(addressOf(trusted, '10.0.0.1', 'unknown, 10.0.0.2'), '10.0.0.2');
});

test('a range that covers every address, or is malformed, stops the start with the remedy', () => {
  for (const range of ['0.0.0.0/0', '::/0', '10.0.0.0/0'])
    assert.throws(
      () => testConfig({ trusted_proxies: [range] }),
      { code: 'config_invalid', message: /^trusted_proxies: ".*" covers every address.*list only/ },
      range,
    );
  for (const range of ['10.0.0.0/33', 'fd00::/129', 'proxy.example', '10.0.0', '10.0.0.1/', '::ffff:10.0.0.0/104', '*'])
    assert.throws(() => testConfig({ trusted_proxies: [range] }), { code: 'config_invalid', message: /^trusted_proxies: "/ }, range);
  assert.deepEqual(testConfig({ trusted_proxies: ['10.0.0.0/8', '::1'] }).trusted_proxies, ['10.0.0.0/8', '::1']);
});

test('rate limits count all addresses of an IPv6 /64 as one, and each IPv4 address', () => {
  for (const [address, network] of [
    ['2001:db8:1:2::7', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::7', '2001:db8:1:3::/64'],
    ['2001:db8::', '2001:db8::/64'],
    ['::1', '::/64'],
    ['fe80::1', 'fe80::/64'],
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::ffff:cb00:7109', '203.0.113.9'],
    ['', ''],
    ['unknown', 'unknown'],
  ] as const)
    assert.equal(addressNetwork(address), network, address);
});

test('no other file reads the address of a client', () => {
  const allowed = ['runtime/src/client-address.ts', 'bus/src/redis/connection/connected-address.ts'];
  const found: string[] = [];
  for (const name of readdirSync(packages)) {
    const src = join(packages, name, 'src');
    if (!existsSync(src)) continue;
    for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))) {
      if (/\brequest\.ips?\b|remoteAddress|\['x-forwarded-for'\]|handshake\.address/i.test(readFileSync(join(src, file), 'utf8')))
        found.push(`${name}/src/${file}`);
    }
  }
  assert.deepEqual(found.sort(), allowed.sort());
});
