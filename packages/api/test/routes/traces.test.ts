// The trace of a message, on both engines: hops of the api and of other processes, receipts, recall and permissions.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gift, mustRefuse, path } from '@danmux/testkit/api-fixture';
import { eventually } from '@danmux/testkit/unit';
import { onBothEngines } from '../both-engines.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const otherKey = 'o'.repeat(40);
const keys = [{ id: 'other', scopes: ['read'], rooms: ['other'], hashes: [createHash('sha256').update(otherKey).digest('hex')] }];

onBothEngines({ 'api.keys': keys }, (api) => {
  const ask = (id: string, room = 'live:1', key?: string) =>
    api().call('GET', `/v1/messages/${encodeURIComponent(id)}/trace?room=${encodeURIComponent(room)}`, undefined, key === undefined ? {} : { key });
  const hopsOf = async (id: string) => (await ask(id)).body.hops?.map(({ hop }: { hop: string }) => hop);

  test('the trace of a gift has the hops of all processes, in the order in which a message passes them', async () => {
    const id = 'order/4711?';
    await api().call('POST', path, { ...gift, id, receipt: true }, { headers: { traceparent } });
    await eventually(async () => assert.deepEqual(await hopsOf(id), ['accepted', 'stored']));
    const node = `api@${api().runtime.node}`;
    const { at } = (await ask(id)).body.hops[1];
    const hop = { room: 'live:1', id, trace: '4bf92f3577b34da6a3ce929d0e0e4736' };
    await api().bus.traces.add([
      { ...hop, hop: 'delivered', node: 'edge@b', at: at + 9, viewers: 502 },
      { ...hop, hop: 'delivered', node: 'edge@a', at: at + 9, viewers: 3 },
      { ...hop, hop: 'sequenced', node: 'relay@a', at: at + 9, offset: 17 },
    ]);
    await api().bus.receipts.report([{ id, room: 'live:1', edge: 'a', sent: 5, received: 4 }]);
    const { status, body } = await ask(id);
    assert.equal(status, 200);
    assert.deepEqual(
      body.hops.slice(0, 2).map((each: { node: string }) => each.node),
      [node, node],
    );
    assert.ok(body.hops[0].at <= at, 'accepted before it was stored');
    assert.deepEqual(
      { ...body, hops: body.hops.slice(2) },
      {
        ...{ id, room: 'live:1', trace: hop.trace, receipts: { sent: 5, received: 4, missing: 1 } },
        hops: [
          { hop: 'sequenced', node: 'relay@a', at: at + 9, offset: 17 },
          { hop: 'delivered', node: 'edge@a', at: at + 9, viewers: 3 },
          { hop: 'delivered', node: 'edge@b', at: at + 9, viewers: 502 },
        ],
      },
    );
  });

  test('chat is traced only with traceparent or receipt; a recall adds a hop', async () => {
    const chat = { type: 'chat', data: { text: 'hi' } };
    await api().call('POST', path, { ...chat, id: 'plain' });
    await api().call('POST', path, { ...chat, id: 'bad' }, { headers: { traceparent: 'nonsense' } });
    await api().call('POST', path, { ...chat, id: 'receipt', receipt: true });
    await api().call('POST', path, { ...chat, id: 'asked' }, { headers: { traceparent } });
    for (const id of ['plain', 'asked']) await api().call('DELETE', `${path}/${id}`);
    await eventually(async () => assert.deepEqual(await hopsOf('asked'), ['accepted', 'stored', 'recalled']));
    assert.deepEqual(await hopsOf('receipt'), ['accepted', 'stored']);
    for (const id of ['plain', 'bad']) mustRefuse(await ask(id), 'not_found');
    const [asked, plain] = (await api().sequence()).filter(({ lane }) => lane === 'chat').reverse();
    assert.deepEqual([asked?.marks, plain?.id], [{ traced: true }, 'receipt']);
  });

  test('the error for an unknown id names the traced messages; a duplicate adds no hop', async () => {
    const { body } = await ask('nobody');
    mustRefuse(await ask('nobody'), 'not_found');
    assert.match(body.detail, /control and gift.*traceparent.*ten minutes/);
    for (const _ of [1, 2]) await api().call('POST', path, { ...gift, id: 'twice' });
    await eventually(async () => assert.equal((await hopsOf('twice'))?.length, 2));
    for (const room of ['', 'a b', '@me']) mustRefuse(await ask('twice', room), 'invalid_request');
    mustRefuse(await ask('twice', 'live:1', otherKey), 'forbidden');
    mustRefuse(await ask('twice', 'other', otherKey), 'not_found');
  });
});
