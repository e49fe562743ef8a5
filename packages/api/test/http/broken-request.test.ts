// Bytes that are not valid HTTP get a problem and do not disturb the server.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type ApiFixture, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import { openSocket, rawRequest } from '../raw-request.ts';

const owner = ownerOf(afterEach);
let fixture: ApiFixture;
beforeEach(async () => {
  fixture = await startApi(owner);
});

async function mustBeProblem(bytes: string, detail: RegExp): Promise<void> {
  const answer = await rawRequest(fixture.url, bytes);
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /content-type: application\/problem\+json\r\n/);
  const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  assert.equal(problem.code, 'invalid_request');
  assert.match(problem.detail, detail);
  assert.ok(answer.includes(`x-trace-id: ${problem.instance}\r\n`));
}

test('a malformed request line gets a problem', () => mustBeProblem('NONSENSE\r\n\r\n', /not an HTTP/));

test('headers over the limit get a problem', () => mustBeProblem(`GET / HTTP/1.1\r\nHost: x\r\nX-Y: ${'y'.repeat(20_000)}\r\n\r\n`, /headers are larger/));

test('contradicting content lengths get a problem', () =>
  mustBeProblem('POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}', /not an HTTP/));

test('invalid requests are counted; a client that disconnects is not', async () => {
  const before = await fixture.refused('invalid_request');
  const socket = await openSocket(fixture.url);
  socket.resetAndDestroy();
  await rawRequest(fixture.url, 'NONSENSE\r\n\r\n');
  assert.equal(await fixture.refused('invalid_request'), before + 1);
  assert.equal((await fixture.call('GET', '/healthz')).status, 200);
});
