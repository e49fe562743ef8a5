// Word lists: create, replace, read, remove, limits, and the records that edges read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWordLists, ruleRecords } from '@danmux/policy';
import { mustRefuse } from '@danmux/testkit/api-fixture';
import { onBothEngines } from '../both-engines.ts';

onBothEngines({}, (api) => {
  const put = (name: string, body: object) => api().call('PUT', `/v1/words/${name}`, body);
  const get = (name = '') => api().call('GET', `/v1/words${name && `/${name}`}`);
  const remove = (name: string) => api().call('DELETE', `/v1/words/${name}`);

  test('a list can be stored, read, listed and removed', async () => {
    const list = { action: 'hold', words: ['加微信', 'bad "word"'], rooms: ['live:*'] };
    assert.deepEqual((await put('ads', list)).body, { name: 'ads', action: 'hold', count: 2, rooms: ['live:*'] });
    assert.deepEqual((await get('ads')).body, { name: 'ads', ...list });
    await put('b', { action: 'mask', words: [] });
    assert.deepEqual((await get()).body.lists, [
      { name: 'ads', action: 'hold', count: 2, rooms: ['live:*'] },
      { name: 'b', action: 'mask', count: 0 },
    ]);
    assert.equal((await remove('ads')).body.count, 2);
    mustRefuse(await remove('ads'), 'not_found');
    mustRefuse(await get('ads'), 'not_found');
    await remove('b');
    assert.deepEqual((await get()).body, { lists: [] });
  });

  test('a list can have 20,000 words of 64 characters, and can shrink again', async () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `${index}`.padEnd(64, '词'));
    assert.equal((await put('large', { action: 'block', words })).body.count, 20_000);
    assert.deepEqual((await get('large')).body.words, words);
    await put('large', { action: 'block', words: ['x'] });
    const { fields } = await api().bus.records.get(ruleRecords.words);
    assert.deepEqual([...fields.keys()], ['large']);
    assert.deepEqual(decodeWordLists(fields).get('large'), { action: 'block', words: ['x'] });
    await remove('large');
  });

  test('a seventeenth list is refused, replacing one is not; concurrent writes are all applied', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `l${index}`);
    for (const { status } of await Promise.all(names.map((name) => put(name, { action: 'mask', words: [name] })))) assert.equal(status, 200);
    assert.equal((await get()).body.lists.length, 16);
    mustRefuse(await put('more', { action: 'mask', words: [] }), 'conflict');
    assert.equal((await put('l3', { action: 'block', words: [] })).status, 200);
    for (const name of names) await remove(name);
  });

  test('an invalid list is refused', async () => {
    for (const body of [
      {},
      { action: 'star', words: [] },
      { action: 'mask' },
      { action: 'mask', words: ['x'.repeat(65)] },
      { action: 'mask', words: [], extra: 1 },
    ])
      mustRefuse(await put('a', body), 'invalid_request');
    for (const name of ['A', 'a%23b', 'a%20b', '-a', 'x'.repeat(33)]) mustRefuse(await put(name, { action: 'mask', words: [] }), 'invalid_request');
  });
});
