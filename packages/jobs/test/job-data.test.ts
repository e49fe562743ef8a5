// What BullMQ keeps of a job's data comes back with its digits; data that loses none is kept as it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson, toJson } from '@danmux/runtime';
import { packedData, unpackedData } from '../src/job-data.ts';

const throughRedis = (data: object) => unpackedData(JSON.parse(JSON.stringify(packedData(data))) as object);

test('digits survive a queue that writes with JSON.stringify', () => {
  const text = '{"type":"gift","data":{"order":9007199254740993,"price":1.0},"n":1}';
  assert.equal(toJson(throughRedis(parseJson(text) as object)), text);
});

test('other data is kept as it is, also what looks packed', () => {
  for (const data of [{ id: 'a', rooms: ['*'] }, {}, { json: 5 }, { json: '{}', more: 1 }]) {
    assert.equal(packedData(data), data);
    assert.deepEqual(throughRedis(data), data);
  }
});
