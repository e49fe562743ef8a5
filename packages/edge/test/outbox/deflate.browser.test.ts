// One compressed frame serves every viewer that negotiated permessage-deflate: a stock Node client and Chromium, also when what
// they send is compressed; who did not negotiate it gets the same messages plain.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startBrowser } from '@danmux/testkit';
import { type EdgeFixture, room, startEdge } from '@danmux/testkit/edge-fixture';
import { closeAfter, ownerOf } from '@danmux/testkit/unit';
import type { Browser } from 'playwright-core';
import { WebSocket } from 'ws';

const owner = ownerOf(after);
let fixture: EdgeFixture;
let browser: Browser;
before(async () => {
  [fixture, browser] = await Promise.all([startEdge(owner, { 'relay.tick_ms': 20 }), startBrowser()]);
  closeAfter(owner, () => browser.close());
});

const told = '弹幕来了，'.repeat(200);
const chats = Array.from({ length: 60 }, (_, i) => `c${i}`);

/** A viewer on a bare WebSocket; what it was sent, and how. */
class RawViewer {
  readonly packets: string[] = [];
  readonly #socket: WebSocket;

  constructor(url: string, token: string, perMessageDeflate: boolean) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: perMessageDeflate ? { threshold: 0 } : false,
    });
    this.#socket.on('message', (data) => {
      const text = String(data);
      this.packets.push(text);
      if (text.startsWith('0')) this.#socket.send(`40${JSON.stringify({ token })}`);
      if (text.startsWith('40')) this.#socket.send(`420["join",{"room":"${room}","history":0}]`);
    });
  }

  say(text: string): void {
    this.#socket.send(`421["send",${JSON.stringify({ room, type: 'chat', data: { text }, cid: 'one' })}]`);
  }

  get extensions(): string {
    return this.#socket.extensions;
  }

  /** Bytes that came over the wire. */
  get bytes(): number {
    return (this.#socket as unknown as { _socket: { bytesRead: number } })._socket.bytesRead;
  }

  close(): void {
    this.#socket.terminate();
  }
}

const framesOf = (packets: readonly string[]) => packets.filter((text) => text.startsWith('42["frame"'));
const idsOf = (packets: readonly string[]) =>
  framesOf(packets).flatMap((text) => (JSON.parse(text.slice(2)) as [string, { msgs: { id: string }[] }])[1].msgs.map(({ id }) => id));

test('Node with and without the extension, and Chromium, get the same', { timeout: 60_000 }, async () => {
  const deflating = new RawViewer(fixture.url, await fixture.token('ann'), true);
  const plain = new RawViewer(fixture.url, await fixture.token('bob'), false);
  const page = await browser.newPage();
  // A page of the edge itself: another origin would not be let in.
  await page.goto(`${fixture.url}/healthz`);
  await page.evaluate(`(() => {
    window.packets = [];
    window.ws = new WebSocket(location.origin.replace('http', 'ws') + '/socket.io/?EIO=4&transport=websocket');
    ws.onmessage = ({ data }) => {
      packets.push(data);
      if (data.startsWith('0')) ws.send('40' + ${JSON.stringify(JSON.stringify({ token: await fixture.token('eve') }))});
      if (data.startsWith('40')) ws.send('420["join",{"room":"${room}","history":0}]');
    };
  })()`);
  const inChromium = () => page.evaluate('packets') as Promise<string[]>;
  const joined = (packets: readonly string[]) =>
    assert.ok(
      packets.some((text) => text.startsWith('430')),
      `${packets}`,
    );
  await eventually(async () => [deflating.packets, plain.packets, await inChromium()].forEach(joined));
  assert.match(deflating.extensions, /permessage-deflate/);
  assert.equal(plain.extensions, '');
  assert.match(String(await page.evaluate('ws.extensions')), /permessage-deflate/);

  const before = [deflating.bytes, plain.bytes] as const;
  await Promise.all(chats.map((id) => fixture.push('chat', id)));
  await eventually(async () => {
    for (const packets of [deflating.packets, plain.packets, await inChromium()]) assert.equal(idsOf(packets).length, chats.length);
  });
  assert.deepEqual(framesOf(deflating.packets), framesOf(plain.packets));
  assert.deepEqual(framesOf(await inChromium()), framesOf(plain.packets));
  const [small, large] = [deflating.bytes - before[0], plain.bytes - before[1]];
  assert.ok(small < large / 2, `${small} bytes instead of ${large}`);

  // What viewers send is compressed too, by both; the answers and the frames come as before.
  deflating.say(told);
  await page.evaluate(`ws.send('421["send",' + ${JSON.stringify(JSON.stringify({ room, type: 'chat', data: { text: told }, cid: 'two' }))} + ']')`);
  await eventually(async () => {
    for (const packets of [deflating.packets, plain.packets, await inChromium()]) {
      assert.equal(framesOf(packets).filter((text) => text.includes(told)).length >= 1, true);
      assert.equal(idsOf(packets).length, chats.length + 2);
    }
    for (const packets of [deflating.packets, await inChromium()])
      assert.ok(
        packets.some((text) => text.startsWith('431[{"ok":true')),
        'answered',
      );
  });
  for (const one of [deflating, plain]) one.close();
  await page.close();
});
