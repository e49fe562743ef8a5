// Draining an api: no request fails, and idle connections do not delay the end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { afterEach, beforeEach, test } from 'node:test';
import { type ApiFixture, apiKey, gift, path, startApi } from '@danmux/testkit/api-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';
import { openSocket } from '../raw-request.ts';

const owner = ownerOf(afterEach);
let fixture: ApiFixture;
beforeEach(async () => {
  fixture = await startApi(owner);
});

const request = `GET /v1/stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${apiKey}\r\n\r\n`;

test('no request fails while a client keeps sending on keep-alive connections', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const outcomes: (number | string)[] = [];
  let stop = false;
  const ask = () =>
    new Promise<void>((resolve) => {
      const asked = get(`${fixture.url}/v1/stats`, { agent, headers: { 'x-api-key': apiKey } }, (response) => {
        outcomes.push(response.statusCode ?? 0);
        response.resume().once('end', resolve);
      });
      asked.once('error', (error: NodeJS.ErrnoException) => {
        // A connection that the kernel accepted but the process did not is reset; that counts as refused.
        outcomes.push(asked.reusedSocket ? (error.code ?? 'error') : 'not accepted');
        resolve();
      });
    });
  const hammering = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (!stop) await ask();
    }),
  );
  await eventually(() => assert.ok(outcomes.length > 20));
  await fixture.api.drain();
  await fixture.api.stop();
  stop = true;
  await hammering;
  agent.destroy();
  assert.deepEqual(
    [...new Set(outcomes)].filter((outcome) => outcome !== 200 && outcome !== 'not accepted'),
    [],
  );
});

test('an open connection gets an answer with Connection: close; new connections are refused; readyz is 503', async () => {
  const kept = await openSocket(fixture.url);
  kept.write(request);
  assert.match(String(await once(kept, 'data')), /^HTTP\/1\.1 200 (?!.*connection: close)/is);
  const drained = fixture.api.drain();
  await eventually(() => assert.rejects(openSocket(fixture.url), { code: 'ECONNREFUSED' }));
  kept.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
  const [answer] = await once(kept, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 503 .*connection: close.*is draining/is);
  await once(kept, 'close');
  await drained;
});

test('drain waits for a running request, past the grace period', async () => {
  const held = fixture.gate.hold('ingress.publish');
  const answer = fixture.call('POST', path, gift);
  await held.begun;
  let over = false;
  const idle = await openSocket(fixture.url);
  const drained = fixture.api.drain().then(() => {
    over = true;
  });
  // When the grace period ends the idle connection is closed, and drain waits only for the request.
  await once(idle.resume(), 'close');
  assert.equal(over, false);
  held.release();
  assert.equal((await answer).status, 202);
  await drained;
});

test('an idle connection, used or not, is closed when the grace period ends', async () => {
  const used = await openSocket(fixture.url);
  used.write(request);
  await once(used, 'data');
  const unused = await openSocket(fixture.url);
  await eventually(async () => assert.equal((await fixture.call('GET', '/healthz')).status, 200));
  const ends = Promise.all([once(used.resume(), 'close'), once(unused.resume(), 'close')]);
  await fixture.api.drain();
  await ends;
});

test('draining twice and stopping without drain work', async (t) => {
  await Promise.all([fixture.api.drain(), fixture.api.drain()]);
  await fixture.api.stop();
  await fixture.api.stop();
  const other = await startApi(t);
  await openSocket(other.url);
});
