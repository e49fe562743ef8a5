// The HTTP load against a real server: requests arrive at the rate, and failures are counted.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { runHttpLoad } from '../src/publisher/http-load.ts';

const bodies: string[] = [];
const paths = new Set<string>();
const keys = new Set<string | undefined>();
const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += String(part);
  bodies.push(body);
  paths.add(`${request.method} ${request.url}`);
  keys.add(request.headers.authorization);
  response.writeHead(body.includes('0}') ? 503 : 202).end('{}');
});
let url = '';
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

function numbered() {
  let n = 0;
  return () => ({ path: '/messages', body: JSON.stringify({ n: ++n }) });
}

test('at a rate every connection sends its share of each second, each request with a body of its own', async () => {
  const result = await runHttpLoad({ url, key: 'k', connections: 5, seconds: 2, rate: 53, next: numbered() });
  assert.equal(new Set(bodies).size, bodies.length);
  assert.deepEqual([...paths], ['POST /messages']);
  assert.deepEqual([...keys], ['Bearer k']);
  // The server refuses every tenth request. Two of four seconds count; the machine may be busy.
  const refused = result.failed[503] ?? 0;
  assert.deepEqual(Object.keys(result.failed), ['503']);
  const all = result.answered + refused;
  assert.ok(all >= 53 && all <= 3 * 53, `${all} were answered`);
  assert.ok(refused >= 4 && refused <= 16, `${refused} were refused`);
  assert.ok(result.p50 > 0 && result.p50 <= result.p99 && result.p99 <= result.max, 'the times are in order');
});

test('without a rate each response is followed by the next request', async () => {
  const result = await runHttpLoad({ url, key: 'other', connections: 2, seconds: 1, next: numbered() });
  assert.ok(keys.has('Bearer other'), 'with the key it was given');
  assert.ok(result.answered > 100, `${result.answered} were answered`);
  assert.ok(result.seconds < 5, `${result.seconds} s`);
});
