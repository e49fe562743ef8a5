// The ways to a viewer: straight to the TCP socket, by socket.io's own path, by long-polling, and from one to the other in the
// middle; whichever it is, everything arrives once and in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { room, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually } from '@danmux/testkit/unit';

const ways: Readonly<Record<string, { set: Readonly<Record<string, unknown>>; transports: string[] }>> = {
  'straight to the socket': { set: {}, transports: ['websocket'] },
  'by socket.io alone': { set: { 'edge.direct_writes': false }, transports: ['websocket'] },
  'by socket.io alone, without compression': { set: { 'edge.direct_writes': false, 'edge.deflate': false }, transports: ['websocket'] },
  'by long-polling': { set: {}, transports: ['polling'] },
  'by long-polling, then WebSocket': { set: {}, transports: ['polling', 'websocket'] },
};

for (const [way, { set, transports }] of Object.entries(ways)) {
  test(`${way}: everything arrives once and in order, and answers keep their place`, async (t) => {
    const fixture = await startEdge(t, { 'relay.tick_ms': 1, 'relay.max_tick_ms': 1, ...set });
    const viewer = fixture.connect({ token: await fixture.token('ann'), transports });
    await viewer.connected();
    const pushed: string[] = [];
    const push = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const id = `m${pushed.length}`;
        pushed.push(id);
        await fixture.push(pushed.length % 5 === 0 ? 'gift' : 'chat', id);
      }
    };
    await push(20);
    const [joined] = await Promise.all([viewer.ask<{ msgs: { id: string }[] }>('join', { room, history: 200 }), push(100)]);
    assert.ok(joined.ok, 'joined');
    await push(100);
    await eventually(() => assert.equal(joined.msgs.length + viewer.msgs.length, pushed.length));
    const lane = (gifts: boolean) => (id: string) => (Number(id.slice(1)) % 5 === 4) === gifts;
    const got = [...joined.msgs.map(({ id }) => id), ...viewer.ids()];
    for (const gifts of [false, true]) assert.deepEqual(got.filter(lane(gifts)), pushed.filter(lane(gifts)));
    if (way.includes('then')) assert.equal(viewer.socket.io.engine.transport.name, 'websocket');
  });
}
