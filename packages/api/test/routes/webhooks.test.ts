// The routes for webhook targets and dead letters. Delivery is tested with the worker.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustRefuse } from '@danmux/testkit/api-fixture';
import { announceMember, eventually, type Settings, testConfig } from '@danmux/testkit/unit';
import { readCircuit, targetVersion, webhookTargets, writeCircuit } from '@danmux/webhooks';
import { onBothEngines } from '../both-engines.ts';
import { withWebhooks } from '../event-log.ts';
import { deadLetter } from '../right-requests.ts';

onBothEngines(withWebhooks, (api) => {
  const list = async () => (await api().call('GET', '/v1/webhooks')).body.webhooks;
  const replay = (entry: string) => api().call('POST', `/v1/webhooks/dead/${encodeURIComponent(entry)}/replay`);

  const announce = (set: Settings = {}) => announceMember(api().bus, 'worker@w', testConfig({ ...withWebhooks, ...set }));

  async function disable(): Promise<void> {
    const [target] = webhookTargets(api().runtime.config);
    if (!target) throw new Error('no target is configured');
    const read = await readCircuit(api().bus.records, 'billing');
    const circuit = { state: 'disabled', failures: 1, retry_at: 0, since: 1, error: 'it answered 410', version: targetVersion(target) } as const;
    assert.ok(await writeCircuit(api().bus.records, 'billing', read, circuit), 'the circuit is written');
  }

  test('targets are listed with their state and without their secrets', async () => {
    const workers = { same: 1, different: 0, missing: 0, unknown: 0 };
    const well = { id: 'billing', host: 'hooks.example', state: 'closed', failures: 0, retry_at: null, error: null, lag_ms: 0, dropped: 0, workers };
    await announce();
    assert.deepEqual(await list(), [well]);
    await disable();
    assert.deepEqual(await list(), [{ ...well, state: 'disabled', failures: 1, error: 'it answered 410' }]);
    assert.deepEqual((await api().call('POST', '/v1/webhooks/billing/enable')).body, { id: 'billing', enabled: true });
    assert.deepEqual(await list(), [well]);
    mustRefuse(await api().call('POST', '/v1/webhooks/nobody/enable'), 'not_found');
  });

  test('a target that no running worker has is unserved; a worker of an older version is not held against it', async () => {
    const state = async () => {
      const [{ state, workers }] = await list();
      return [state, workers];
    };
    const none = { same: 0, different: 0, missing: 0, unknown: 0 };
    await api().bus.members.leave('worker@w');
    assert.deepEqual(await state(), ['unserved', none]);
    await announce({ 'webhooks.targets': [] });
    assert.deepEqual(await state(), ['unserved', { ...none, missing: 1 }]);
    await announceMember(api().bus, 'worker@w');
    assert.deepEqual(await state(), ['closed', { ...none, unknown: 1 }]);
    await announce();
    assert.deepEqual(await state(), ['closed', { ...none, same: 1 }]);
  });

  test('targets that only workers have are listed apart', async () => {
    const other = { id: 'audit', url: 'https://hooks.example/audit', secret: `whsec_${'a'.repeat(32)}` };
    await announce({ 'webhooks.targets': [other] });
    const { body } = await api().call('GET', '/v1/webhooks');
    assert.deepEqual([body.webhooks.map(({ id }: { id: string }) => id), body.unlisted], [['billing'], [{ id: 'audit', workers: 1 }]]);
    await announce();
    assert.deepEqual((await api().call('GET', '/v1/webhooks')).body.unlisted, []);
  });

  test('pages list dead letters newest first; each can be replayed once', async () => {
    const entries = [(await deadLetter(api()))['entry'] ?? '', (await deadLetter(api()))['entry'] ?? ''];
    const first = (await api().call('GET', '/v1/webhooks/dead?limit=1')).body;
    const second = (await api().call('GET', `/v1/webhooks/dead?limit=1&cursor=${first.cursor}`)).body;
    assert.deepEqual([first.letters[0].entry, second.letters[0].entry], [entries[1], entries[0]]);
    const { entry, event, ...rest } = first.letters[0];
    assert.deepEqual(rest, { target: 'billing', error: 'it answered 503', attempts: 3, at: 2 });
    assert.deepEqual([(await replay(entry)).status, (await replay(entry)).body.code], [202, 'not_found']);
    await eventually(() =>
      assert.deepEqual(
        api()
          .ran.filter(({ name, data }) => name === 'redeliver' && data.event.id === event.id)
          .map(({ data }) => data.target),
        ['billing'],
      ),
    );
    mustRefuse(await api().call('GET', '/v1/webhooks/dead?cursor=%20'), 'invalid_request');
  });

  test('a dead letter of a removed or disabled target gets 409', async () => {
    mustRefuse(await replay((await deadLetter(api(), 'gone'))['entry'] ?? ''), 'conflict');
    await disable();
    mustRefuse(await replay((await deadLetter(api()))['entry'] ?? ''), 'conflict');
    assert.equal((await api().call('GET', '/v1/webhooks/dead')).body.letters.length, 3);
  });

  test('random entries never fail the api', async () => {
    for (const entry of ['nobody', '0', '-1', '1-x', 'x'.repeat(64), '小明', '*', '+', '(']) mustRefuse(await replay(entry), 'not_found');
    for (const cursor of ['eA', 'LTE', 'MS14', 'Kg']) {
      const { status } = await api().call('GET', `/v1/webhooks/dead?cursor=${cursor}`);
      assert.ok(status === 200 || status === 400, `${cursor}: ${status}`);
    }
  });
});
