// Tests of the packets from and to viewers: all digits are kept and text is well-formed, with socket.io's framing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '@danmux/protocol';
import { JsonNumber, toJson } from '@danmux/runtime';
import { Encoder, type Packet, PacketType } from 'socket.io-parser';
import { packets } from '../../src/door/packets.ts';

function decoded(...parts: (string | Buffer)[]): Packet {
  const found: Packet[] = [];
  const decoder = new packets.Decoder();
  decoder.on('decoded', (packet) => found.push(packet));
  for (const part of parts) decoder.add(part);
  assert.equal(found.length, 1);
  return found[0] as Packet;
}
const encoded = (packet: Packet) => new packets.Encoder().encode(packet);
const payload = (data: unknown): Packet => ({ type: PacketType.EVENT, nsp: '/', data: ['send', data] });

test('numbers of data keep their text, other fields are numbers, halves of pairs are U+FFFD', () => {
  const { data, id } = decoded('217["send",{"data":{"n":1.0,"order":9007199254740993,"half\\ud83d":"\\ude00"},"limit":50.0}]');
  assert.equal(id, 17);
  assert.equal(toJson(data), '["send",{"data":{"n":1.0,"order":9007199254740993,"half\ufffd":"\ufffd"},"limit":50}]');
});

test('the auth of a handshake is well-formed too', () => {
  assert.deepEqual(decoded('0{"token":"x\\ud83d"}').data, { token: 'x\ufffd' });
});

test('answers keep all digits of numbers, and lone surrogates of cut texts', () => {
  const reply = { type: PacketType.ACK, nsp: '/', id: 3, data: [{ n: new JsonNumber('1.0'), half: '😀'.slice(0, 1) }] };
  assert.deepEqual(encoded(reply), ['33[{"n":1.0,"half":"\\ufffd"}]']);
});

test('ordinary packets and those with attachments are what socket.io makes of them', () => {
  for (const data of [{ text: '弹幕 x: 1.0' }, [1.5, null, 'a'], Buffer.from('abc')]) {
    const plain = new Encoder().encode(payload(data)) as (string | Buffer)[];
    assert.deepEqual(encoded(payload(data)), plain);
    assert.deepEqual(decoded(...plain).data, ['send', data]);
  }
});

test('a packet that is not JSON ends the connection', () => {
  for (const packet of ['2["send",{"data":01}]', '2["send",', '2{"a":1.0}']) assert.throws(() => decoded(packet), /invalid payload/, packet);
});

test('more numbers than any data may hold are not kept: it is too large however they are read', () => {
  const { data } = decoded(`2["send",{"data":[${'-0,'.repeat(limits.viewerData / 2)}-0]}]`);
  const [, request] = data as [string, { data: readonly unknown[] }];
  assert.equal(
    request.data.some((item) => item instanceof JsonNumber),
    false,
  );
  assert.ok(toJson(request.data).length > limits.viewerData);
});
