// Integers of a query: which text becomes a number, and that nothing else is converted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiFixture, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner);
});

test('a decimal integer in a query is a number', async () => {
  for (const query of ['limit=1', 'limit=200', 'before=9007199254740991', 'limit=5&before=1'])
    assert.equal((await fixture.call('GET', `/v1/rooms/live:1/history?${query}`)).status, 200, query);
  assert.equal((await fixture.call('GET', '/v1/stats/history?minutes=60')).status, 200);
});

test('text in any other form is refused, and the error names the parameter', async () => {
  for (const text of ['', '1e2', '007', '+1', '1.0', '0x10', ' 1', '1 ', 'true', '9007199254740993', '-0', '[1]']) {
    const answer = await fixture.call('GET', `/v1/rooms/live:1/history?limit=${encodeURIComponent(text)}`);
    mustRefuse(answer, 'invalid_request');
    assert.match(answer.body.detail, /limit/, text);
  }
  mustRefuse(await fixture.call('GET', '/v1/stats/history?minutes=61'), 'invalid_request');
  mustRefuse(await fixture.call('GET', '/v1/rooms?limit=1&limit=1'), 'invalid_request');
});

test('text in a body is never converted', async () => {
  for (const body of [
    { type: 'chat', data: 1, delay_ms: '0' },
    { type: 'chat', data: 1, from: { id: 'u', level: '1' } },
  ])
    mustRefuse(await fixture.call('POST', '/v1/rooms/live:1/messages', body), 'invalid_request');
});

test('a room that does not match the pattern is invalid_room on every route', async () => {
  for (const url of ['/v1/rooms/-a', '/v1/rooms/a%20b/history', `/v1/rooms/${'x'.repeat(129)}/members`])
    mustRefuse(await fixture.call('GET', url), 'invalid_room');
  mustRefuse(await fixture.call('POST', '/v1/rooms/a%20b/messages', { type: 'chat', data: 1 }), 'invalid_room');
});
