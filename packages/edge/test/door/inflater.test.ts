// Compressed messages of one viewer, with and without context, in fragments, too large, broken, and past the memory for contexts.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { constants, createDeflateRaw, deflateRawSync } from 'node:zlib';
import type { DeflateParams } from '../../src/door/deflate-offer.ts';
import { InflateMemory, Inflater } from '../../src/door/inflater.ts';

const large = 1_048_576;

function open(params: DeflateParams = {}, memory = new InflateMemory(large)) {
  const closed: (number | undefined)[] = [];
  const inflater = new Inflater({ close: (code) => void closed.push(code) }, params, memory);
  const one = (data: Buffer, final = true) =>
    new Promise<string>((resolve, reject) => inflater.decompress(data, final, (error, text) => (error ? reject(error) : resolve(String(text)))));
  return { inflater, memory, closed, one };
}

/** A client that compresses with its context: every message may refer to the ones before. */
function contextClient() {
  const deflate = createDeflateRaw();
  return (text: string) =>
    new Promise<Buffer>((resolve) => {
      const chunks: Buffer[] = [];
      deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
      deflate.write(text);
      deflate.flush(constants.Z_SYNC_FLUSH, () => {
        deflate.removeAllListeners('data');
        const whole = Buffer.concat(chunks);
        resolve(whole.subarray(0, whole.length - 4));
      });
    });
}

test('a client that compresses with its context is understood, past the 32 KiB that it may refer to', async () => {
  const { one, memory } = open();
  const compressed = contextClient();
  const words = Array.from({ length: 50 }, () => randomBytes(60).toString('base64'));
  let [sent, got] = [0, 0];
  for (let i = 0; i < 1_500; i++) {
    const text = `42["send",{"room":"live:1","data":"${words[i % 50]} ${words[(i * 7) % 50]} 弹幕${i}"}]`;
    const data = await compressed(text);
    sent += data.length;
    got += text.length;
    assert.equal(await one(data), text, `message ${i}`);
  }
  assert.ok(sent < got / 3, `${sent} bytes for ${got}: the messages do refer to earlier ones`);
  assert.equal(memory.bytes, 36_864, 'the window, and room to write before it is moved');
});

test('a client without context leaves nothing behind', async () => {
  const { one, memory } = open({ client_no_context_takeover: true });
  for (const text of ['a'.repeat(500), 'b'.repeat(5_000), '']) {
    const data = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
    assert.equal(await one(data.subarray(0, -4)), text);
  }
  assert.equal(memory.bytes, 0);
});

test('fragments of a message are put together, and a final block is understood', async () => {
  const { one } = open();
  const compressed = contextClient();
  await one(await compressed('the first message, which the second refers to'));
  const data = await compressed('the second message, which the first does not refer to');
  assert.equal(await one(data.subarray(0, 7), false), '');
  assert.equal(await one(data.subarray(7)), 'the second message, which the first does not refer to');
  assert.equal(await open().one(deflateRawSync('ended by a final block')), 'ended by a final block');
});

test('a message larger than a packet closes the connection with 1009, a broken one with 1007', async () => {
  const bomb = open();
  await assert.rejects(bomb.one(deflateRawSync('x'.repeat(10_000_000))));
  const broken = open();
  await assert.rejects(broken.one(Buffer.from('this is not deflate data')));
  assert.deepEqual([bomb.closed, broken.closed], [[1009], [1007]]);
});

test('contexts are capped together: past half no new one, past all the connection closes and its memory is free', async () => {
  const memory = new InflateMemory(100_000);
  const text = randomBytes(20_000).toString('base64').slice(0, 20_000);
  const data = deflateRawSync(text);
  const [first, second, third] = [open({}, memory), open({}, memory), open({}, memory)];
  assert.equal(await first.one(data), text);
  assert.equal(memory.full, false);
  assert.equal(await second.one(data), text);
  assert.equal(memory.full, true);
  await assert.rejects(third.one(data), /memory/);
  assert.deepEqual(third.closed, [1013]);
  for (const { inflater } of [first, second, third]) inflater.cleanup();
  assert.deepEqual([memory.bytes, memory.full], [0, false]);
});
