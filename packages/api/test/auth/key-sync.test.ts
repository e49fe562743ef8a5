// KeySync keeps the keyring in sync with the store: a deleted key is refused even when the store goes away right after, and a change
// without a notification is found by polling.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { type Bus, createBus } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { LossyRecords, settled } from '@danmux/testkit/lossy-records';
import { testRuntime } from '@danmux/testkit/unit';
import { KeySync } from '../../src/auth/key-sync.ts';
import { Keyring } from '../../src/auth/keyring.ts';
import { Seal } from '../../src/auth/seal.ts';
import { newSecret, type StoredKey, storedSecretOf } from '../../src/auth/stored-key.ts';

const secret = 's'.repeat(32);
const runtime = testRuntime({ after });
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
  // KeySync uses only `records` of the bus.
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

test('a notification removes a deleted key although the store cannot be read', async () => {
  await put('shop', made('shop'));
  await put('bot', made('bot'));
  await keys.start();
  assert.deepEqual(known(), ['bot', 'shop']);
  records.away = true;
  await put('shop', null);
  await settled();
  assert.deepEqual(known(), ['bot']);
});

test('a change without a notification is found after some seconds, or by refresh', async () => {
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

test('a malformed record is ignored and its previous key is refused', async () => {
  await put('shop', made('shop'));
  await keys.start();
  await put('shop', '{}');
  await settled();
  assert.deepEqual(known(), []);
});
