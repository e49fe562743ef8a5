// The trace id of a request, from the header to the relay.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type ApiFixture, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import { traceOf } from '../../src/http/trace.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const owner = ownerOf(afterEach);
let fixture: ApiFixture;
beforeEach(async () => {
  fixture = await startApi(owner);
});

test('a valid traceparent sets the trace id; otherwise a new id is made', () => {
  assert.equal(traceOf({ headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } }), trace);
  for (const traceparent of [
    '',
    trace,
    `00-${trace}-b7ad6b7169203331`,
    `ff-${trace}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${trace}-b7ad6b7169203331-01\nx`,
  ]) {
    assert.match(traceOf({ headers: { traceparent } }), /^[0-9A-HJKMNP-TV-Z]{26}$/, traceparent);
  }
  assert.notEqual(traceOf({ headers: {} }), traceOf({ headers: {} }));
});

test('the trace id is in the response, the log and the message', async () => {
  const answer = await fixture.call('POST', path, { ...gift, id: 'order-1' }, { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
  assert.equal(answer.headers.get('x-trace-id'), trace);
  const [taken] = await fixture.sequence();
  assert.equal(taken?.trace, trace);
  const lines = fixture.lines.map((line) => JSON.parse(line)).filter((line) => line.trace === trace && line.hop);
  assert.deepEqual(
    lines.map(({ level, msg, id, room, lane, hop }) => ({ level, msg, id, room, lane, hop })),
    [{ level: 'debug', msg: 'accepted', id: 'order-1', room: 'live:1', lane: 'gift', hop: 'api' }],
  );
});

test('chat is logged at debug level only', async () => {
  await fixture.call('POST', path, { type: 'chat', data: 1 });
  assert.deepEqual(
    fixture.lines
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === 'accepted')
      .map(({ level }) => level),
    ['debug'],
  );
});

test('a request with a malformed URL has a trace id too', async () => {
  mustRefuse(await fixture.call('GET', '/v1/rooms/%zz'), 'invalid_request');
  mustRefuse(await fixture.call('GET', `/v1/rooms/${'x'.repeat(1_100)}`), 'invalid_room');
});
