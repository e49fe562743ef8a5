// Where webhooks may go: by the address itself, and by what a name resolves to.
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { AddressGuard } from '../src/address-guard.ts';

const refused = [
  ...['127.0.0.1', '127.8.8.8', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255'],
  ...['192.0.2.1', '198.18.0.1', '240.0.0.1', '[::1]', '[::]', '[fe80::1]', '[fc00::1]', '[fd12::1]', '[ff02::1]', '[fec0::1]', '[::ffff:127.0.0.1]'],
  ...['[::ffff:7f00:1]', '[::7f00:1]', '[::a00:1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001::1]', '[2001:db8::1]'],
];

test('every address that is not public is refused, in whatever form', () => {
  const guard = new AddressGuard([]);
  for (const host of refused) assert.throws(() => guard.checkHost(host), { code: 'address_refused' }, host);
  // As a url writes them, which is how they come.
  for (const url of ['http://2130706433/', 'http://0x7f.1/', 'http://127.1/', 'http://0177.0.0.1/', 'http://[0:0:0:0:0:ffff:7f00:0001]/']) {
    assert.throws(() => guard.checkHost(new URL(url).hostname), { code: 'address_refused' }, url);
  }
});

test('public addresses and names pass', () => {
  const guard = new AddressGuard([]);
  for (const host of ['8.8.8.8', '[2606:4700::1111]', 'hooks.example']) guard.checkHost(host);
});

test('what the config allows passes, and nothing beside it', () => {
  const guard = new AddressGuard(['10.1.0.0/16', 'fd00::/8']);
  guard.checkHost('10.1.2.3');
  guard.checkHost('[::ffff:10.1.2.3]');
  guard.checkHost('[fd12::1]');
  for (const host of ['10.2.0.1', '127.0.0.1', '[fc00::1]']) assert.throws(() => guard.checkHost(host), { code: 'address_refused' }, host);
  assert.throws(() => new AddressGuard(['10.1.0.0']), { code: 'config_invalid', message: /allow_addresses: "10\.1\.0\.0"/ });
});

type Found = string | readonly LookupAddress[] | undefined;
function lookup(guard: AddressGuard, name: string, all: boolean): Promise<Found> {
  return new Promise((resolve, reject) => {
    guard.lookup(name, { all }, (error, found) => (error ? reject(error) : resolve(found as Found)));
  });
}

test('a name that resolves to loopback is refused, whichever form the connection asks for', async () => {
  for (const all of [true, false]) {
    await assert.rejects(lookup(new AddressGuard([]), 'localhost', all), { code: 'address_refused', message: /localhost \(/ });
    const found = await lookup(new AddressGuard(['127.0.0.0/8', '::1/128']), 'localhost', all);
    const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
    assert.ok(addresses.every((address) => ['127.0.0.1', '::1'].includes(address)) && addresses.length > 0, String(addresses));
  }
});
