// Digests of settings: what makes them equal, and what they hide.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Settings, testConfig } from '@danmux/testkit/unit';
import { digestConfig, settingOf } from '../../src/config/config-digest.ts';
import { settings } from '../../src/config/settings.ts';

const secret = 'whsec_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const target = { id: 'billing', url: 'https://hooks.example/in', secret };
const digests = (set: Settings, role = 'api') => digestConfig(testConfig(set), role);
const names = (set: Settings, role?: string) => Object.keys(digests(set, role)).sort();
/** Names in every test config. */
const always = ['api.key', 'viewer.token_secret'];

test('a setting with its default value has no digest, also when it is set explicitly', () => {
  assert.deepEqual(names({}), always);
  assert.deepEqual(names({ 'api.per_minute': 60_000, 'messages.role_weights': { vip: 100 } }), always);
  assert.deepEqual(names({ 'api.per_minute': 61_000 }), ['api.key', 'api.per_minute', 'viewer.token_secret']);
});

test('digests do not depend on the order of keys, of items with ids, or of names in a list', () => {
  const swapped = { secret, url: target.url, id: target.id };
  const other = { ...target, id: 'audit' };
  assert.deepEqual(digests({ 'webhooks.targets': [target, other] }), digests({ 'webhooks.targets': [other, swapped] }));
  const origins = ['https://a.example', 'https://b.example'];
  assert.deepEqual(digests({ 'edge.allowed_origins': origins }, 'edge'), digests({ 'edge.allowed_origins': [...origins].reverse() }, 'edge'));
  // The first secret of a rotation signs, so the order of secrets counts.
  const rotated = (secrets: string[]) => digests({ 'webhooks.targets': [{ ...target, secret: secrets }] })['webhooks.targets.billing'];
  assert.notEqual(rotated([secret, `${secret}b`]), rotated([`${secret}b`, secret]));
});

test('items of lists and tables have separate digests; a list of more than a hundred items has one', () => {
  assert.deepEqual(names({ 'webhooks.targets': [target], 'messages.types': { vote: { lane: 'chat', viewer: true } } }), [
    'api.key',
    'messages.types.vote',
    'viewer.token_secret',
    'webhooks.targets.billing',
  ]);
  const many = Array.from({ length: 101 }, (_, n) => ({ ...target, id: `t${n}` }));
  assert.deepEqual(names({ 'webhooks.targets': many }), [...always, 'webhooks.targets']);
});

test('a role announces only the settings that it uses, and no role those that may differ', () => {
  const set = { 'relay.tick_ms': 40, 'edge.send_burst': 11, 'jobs.lock_ms': 9_000, 'moderation.exempt_roles': ['host'], shards: 8 };
  assert.deepEqual(names(set, 'relay'), ['relay.tick_ms', 'shards', 'viewer.token_secret']);
  assert.deepEqual(names(set, 'edge'), ['edge.send_burst', 'moderation.exempt_roles', 'shards', 'viewer.token_secret']);
  const rightly = { host: '0.0.0.0', public_host: 'a', 'edge.port': 1, 'edge.index': 2, 'edge.public_url': 'https://a.example/{index}', 'log.level': 'debug' };
  const also = { 'metrics.port': 3, 'edge.max_connections': 9, 'jobs.concurrency': 2, 'redis.url': 'redis://a', engine: 'redis', 'worker.port': 4 };
  for (const role of ['edge', 'relay', 'api', 'worker']) assert.deepEqual(names({ ...rightly, ...also }, role), names({}, role), role);
});

test('of archive.dir only the presence is compared, because each worker has its own folder', () => {
  const [one, two] = [digests({ 'archive.dir': '/a' }, 'relay'), digests({ 'archive.dir': '/b' }, 'worker')].map((found) => found['archive.dir']);
  assert.ok(one, 'a folder has a digest');
  assert.equal(one, two);
});

test('the digest of a secret, or of a URL that may hold one, depends on viewer.token_secret; that of another setting does not', () => {
  const url = 'https://hooks.example/T000/secret-path';
  const set = {
    'webhooks.url': url,
    'webhooks.secret': secret,
    'webhooks.targets': [target],
    'moderation.hook.url': url,
    'metrics.key': 'm'.repeat(32),
    shards: 8,
  };
  for (const role of ['edge', 'worker']) {
    const [one, two] = ['a', 'b'].map((char) => digests({ ...set, 'viewer.token_secret': char.repeat(32) }, role)) as [Settings, Settings];
    const same = Object.keys(one).filter((name) => one[name] === two[name]);
    assert.deepEqual(same, ['shards'], `${role}: ${Object.keys(one)}`);
    assert.ok(Object.keys(one).length >= 5, `${role}: ${Object.keys(one)}`);
  }
});

test('no digest is a plain hash of a secret, and no text contains one', () => {
  const found = digests({ 'webhooks.url': 'https://hooks.example/in', 'webhooks.secret': secret });
  const guesses = [secret, `"${secret}"`, `webhooks.secret\0"${secret}"`, `webhooks.secret"${secret}"`];
  const hashes = guesses.map((guess) => createHash('sha256').update(guess).digest('base64url').slice(0, 8));
  assert.ok(!hashes.includes(found['webhooks.secret'] ?? ''), 'the digest cannot be computed without viewer.token_secret');
  for (const hidden of [secret, 'hooks.example', 's'.repeat(8)]) assert.ok(!JSON.stringify(found).includes(hidden), hidden);
});

test('every setting is marked, and every secret setting that is compared is keyed', () => {
  const perProcess = settings.filter(({ mark }) => mark.compared.length === 0).map(({ path }) => path);
  for (const path of perProcess) {
    assert.match(
      path,
      /^(host|public_host|engine|log\.|redis\.|metrics\.port|\w+\.port|edge\.(index|public_url|max_connections|inflate_bytes)|jobs\.concurrency|webhooks\.connections)/,
    );
  }
  for (const path of ['viewer.token_secret', 'moderation.exempt_roles', 'webhooks.targets', 'api.keys', 'messages.types', 'edge.allowed_origins', 'shards'])
    assert.ok(!perProcess.includes(path), path);
});

test('a digest belongs to the setting whose path begins its name', () => {
  assert.equal(settingOf('messages.types.a.b')?.path, 'messages.types');
  assert.equal(settingOf('shards')?.path, 'shards');
  assert.equal(settingOf('shards_of_tomorrow'), undefined);
  assert.equal(settingOf('edge'), undefined);
});
