// The keyring follows the store: a key that ended is gone at once even when the store goes away, and a change that was told to nobody
// is found.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { type Bus, createBus } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { createRuntime, loadConfig } from '@danmux/runtime';
import { LossyRecords, settled } from '@danmux/testkit/lossy-records';
import { KeySync } from '../../src/auth/key-sync.ts';
import { Keyring } from '../../src/auth/keyring.ts';
import { Seal } from '../../src/auth/seal.ts';
import { newSecret, type StoredKey, storedSecretOf } from '../../src/auth/stored-key.ts';

const secret = 's'.repeat(32);
const { config } = loadConfig({
  environment: 'test',
  dir: 'none',
  env: {},
  set: { 'viewer.token_secret': secret, 'api.key': 'k'.repeat(32), 'log.level': 'silent' },
});
const runtime = createRuntime({ config, role: 'test', version: '0', processMetrics: false });
const seal = new Seal(secret, 'signing secrets');

let bus: Bus;
let records: LossyRecords;
let keyring: Keyring;
let keys: KeySync;

beforeEach(async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  bus = createBus(runtime);
  await bus.start();
  records = new LossyRecords(bus.records);
  keyring = new Keyring([]);
  // A bus with other records; nothing else of it is asked for.
  keys = new KeySync(runtime, { records } as unknown as Bus, keyring, seal);
});
afterEach(async () => {
  await keys.stop();
  await bus.stop();
  mock.timers.reset();
});

const made = (id: string): string => {
  const stored: StoredKey = { scopes: ['publish'], created_at: 1, secrets: [storedSecretOf(newSecret(), id, seal)] };
  return JSON.stringify(stored);
};
const put = (id: string, value: string | null) => bus.records.set(ruleRecords.keys, new Map([[id, value === null ? null : { value }]]));
const known = () => [...keyring.all()].map(({ id }) => id).sort();

test('a key that ended is gone when that is told, though the store cannot be read then', async () => {
  await put('shop', made('shop'));
  await put('bot', made('bot'));
  await keys.start();
  assert.deepEqual(known(), ['bot', 'shop']);
  records.away = true;
  await put('shop', null);
  await settled();
  assert.deepEqual(known(), ['bot']);
});

test('a change that was told to nobody is known some seconds later, and at once to who asks for it', async () => {
  await put('shop', made('shop'));
  await keys.start();
  records.deaf = true;
  await put('shop', null);
  await put('bot', made('bot'));
  await settled();
  assert.deepEqual(known(), ['shop']);
  mock.timers.tick(12_500);
  await settled();
  assert.deepEqual(known(), ['bot']);
  await put('bot', null);
  await keys.refresh();
  assert.deepEqual(known(), []);
});

test('what is no key is left out, and what it was before opens nothing', async () => {
  await put('shop', made('shop'));
  await keys.start();
  await put('shop', '{}');
  await settled();
  assert.deepEqual(known(), []);
});
