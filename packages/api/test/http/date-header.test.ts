// The Date header has the cluster's time, whatever the local clock says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApi } from '@danmux/testkit/api-fixture';

test('the Date header of every response, also of an error, is the time of the cluster', async (t) => {
  const hour = 3_600_000;
  const api = await startApi(t, {}, { now: () => Date.now() - hour });
  for (const path of ['/v1/rooms', '/healthz', '/none']) {
    const { headers } = await fetch(`${api.url}${path}`);
    assert.ok(Math.abs(Date.parse(headers.get('date') ?? '') - (Date.now() - hour)) < 5_000, `${path}: ${headers.get('date')}`);
  }
});
