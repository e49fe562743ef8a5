// The frame parser on streams split at every byte, since TCP may split anywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameParser } from '../src/swarm/frame-parser.ts';

interface Seen {
  readonly opcode: number;
  readonly compressed: boolean;
  readonly payload: string;
  readonly length: number;
}

/** A frame as a server sends it. */
function serverFrame(payload: Buffer, { opcode = 1, compressed = false } = {}): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | (compressed ? 0x40 : 0) | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

function read(chunks: readonly Buffer[], wanted: (length: number) => number = (length) => length): Seen[] {
  const seen: Seen[] = [];
  const parser = new FrameParser({
    wanted: (_opcode, length) => wanted(length),
    frame: (opcode, compressed, payload, length) => void seen.push({ opcode, compressed, payload: payload.toString('utf8'), length }),
  });
  for (const chunk of chunks) {
    // The shared read buffer is reused, so the parser must have copied.
    const used = Buffer.from(chunk);
    parser.take(used);
    used.fill(0);
  }
  return seen;
}

const text = (length: number) => 'danmaku '.repeat(Math.ceil(length / 8)).slice(0, length);
const lengths = [0, 1, 125, 126, 300, 65_535, 65_536];

test('length fields of all three sizes are read', () => {
  for (const length of lengths) {
    const [frame] = read([serverFrame(Buffer.from(text(length)))]);
    assert.deepEqual(frame, { opcode: 1, compressed: false, payload: text(length), length });
  }
});

test('a stream cut in two at every byte gives the same frames', () => {
  const stream = Buffer.concat([
    serverFrame(Buffer.from('2')),
    serverFrame(Buffer.from(text(130)), { compressed: true }),
    serverFrame(Buffer.alloc(0), { opcode: 8 }),
    serverFrame(Buffer.from('end')),
  ]);
  const whole = read([stream]);
  assert.deepEqual(
    whole.map(({ opcode, length }) => [opcode, length]),
    [
      [1, 1],
      [1, 130],
      [8, 0],
      [1, 3],
    ],
  );
  assert.equal(whole[1]?.compressed, true);
  for (let cut = 0; cut <= stream.length; cut++) assert.deepEqual(read([stream.subarray(0, cut), stream.subarray(cut)]), whole, `cut at ${cut}`);
});

test('a stream of single bytes is parsed, also with the longest header', () => {
  const stream = Buffer.concat([serverFrame(Buffer.from(text(65_536))), serverFrame(Buffer.from('end'))]);
  const seen = read(Array.from(stream, (_, at) => stream.subarray(at, at + 1)));
  assert.deepEqual(seen, read([stream]));
});

test('only the wanted part of a payload is passed on, wherever the chunks end', () => {
  const stream = Buffer.concat([serverFrame(Buffer.from(text(200))), serverFrame(Buffer.from(text(9)))]);
  for (let cut = 0; cut <= stream.length; cut++) {
    const seen = read([stream.subarray(0, cut), stream.subarray(cut)], () => 5);
    assert.deepEqual(
      seen.map(({ payload, length }) => [payload, length]),
      [
        ['danma', 200],
        ['danma', 9],
      ],
      `cut at ${cut}`,
    );
  }
});

test('fragments and masked frames are refused', () => {
  assert.throws(() => read([Buffer.from([0x01, 0x01, 0x41])]), /fragmented/);
  assert.throws(() => read([Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x41])]), /masked/);
});
