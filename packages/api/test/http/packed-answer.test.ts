// The stored form of answers: lossless, small for batches, and compatible with the plain JSON of older versions.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { packAnswer, unpackAnswer } from '../../src/http/packed-answer.ts';

const idOf = (index: number) => `k-${createHash('sha256').update(`scope\n${index}`).digest('hex').slice(0, 32)}`;
const otherId = `k-${'0'.repeat(32)}`;
const batchOf = (ids: readonly string[]) => JSON.stringify({ results: ids.map((id) => ({ status: 202, id, room: 'live:1001', lane: 'gift' })) });

test('the answer to a batch of 1,000 packs into less than 1 KB', async () => {
  const answer = batchOf(Array.from({ length: 1_000 }, (_, index) => idOf(index)));
  const packed = await packAnswer(answer, idOf);
  assert.ok(packed.length < 1_000, `it takes ${packed.length} of ${answer.length} characters`);
  assert.equal(await unpackAnswer(packed, idOf), answer);
});

test('refused rows and foreign ids are unchanged', async () => {
  const answer = batchOf([idOf(3), otherId, idOf(2), idOf(999), idOf(1_000), `${idOf(5)}f`]);
  assert.equal(await unpackAnswer(await packAnswer(answer, idOf), idOf), answer);
});

test('plain JSON of an older version can be read', async () => {
  const answer = batchOf([idOf(0), otherId]);
  assert.equal(await unpackAnswer(answer, idOf), answer);
});

test('any JSON text unpacks to itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.array(fc.oneof(fc.nat(1_200).map(idOf), fc.string())), async (json, ids) => {
      const answer = `[${json},${JSON.stringify(ids)}]`;
      assert.equal(await unpackAnswer(await packAnswer(answer, idOf), idOf), answer);
    }),
    { numRuns: 200 },
  );
});

test('a truncated deflated answer is an error', async () => {
  const packed = await packAnswer(batchOf(Array.from({ length: 100 }, () => otherId)), idOf);
  await assert.rejects(unpackAnswer(packed.slice(0, -8), idOf));
});
