// Mutes and bans in a room and in all rooms: set, get, list, lift, expire.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleRecords, sanctionField } from '@danmux/policy';
import { mustRefuse } from '@danmux/testkit/api-fixture';
import { eventually } from '@danmux/testkit/unit';
import { everyRoom } from '@danmux/webhooks';
import { onBothEngines } from '../both-engines.ts';
import { eventsOf, withWebhooks } from '../event-log.ts';

onBothEngines(withWebhooks, (api) => {
  for (const [kind, plural] of [
    ['mute', 'mutes'],
    ['ban', 'bans'],
  ] as const) {
    for (const [prefix, room, record] of [
      ['/v1/rooms/live:1', 'live:1', ruleRecords.room('live:1')],
      ['/v1', undefined, ruleRecords.everywhere],
    ] as const) {
      const base = `${prefix}/${plural}`;
      const one = (user: string) => `${base}/${encodeURIComponent(user)}`;
      const put = (user: string, body: object) => api().call('PUT', one(user), body);
      const inRoom = room === undefined ? {} : { room };
      const events = async (user: string) =>
        (await eventsOf(api(), room ?? everyRoom))
          .map(({ type, data }) => ({ type, data: data as { user: string; kind: string } }))
          .filter(({ data }) => data.user === user && data.kind === kind);

      test(`${base}: set with duration and reason; record and webhook event have both`, async () => {
        const before = Date.now();
        const { status, body } = await put('u1', { for_ms: 60_000, reason: '刷屏' });
        assert.equal(status, 200);
        assert.deepEqual({ ...body, at: 0, until: 0 }, { user: 'u1', ...inRoom, reason: '刷屏', by: 'default', at: 0, until: 0 });
        // `at` is the store's time, which may differ from this process's clock by some milliseconds.
        assert.ok(body.at > before - 1_000 && body.until === body.at + 60_000, JSON.stringify(body));
        const field = (await api().bus.records.get(record)).fields.get(sanctionField(kind, 'u1'));
        assert.deepEqual([JSON.parse(field?.value ?? ''), field?.until], [{ reason: '刷屏', by: 'default', at: body.at, until: body.until }, body.until]);
        assert.deepEqual((await api().call('GET', one('u1'))).body, body);
        assert.deepEqual(await events('u1'), [
          { type: 'moderation.sanction', data: { kind, user: 'u1', lifted: false, reason: '刷屏', until: body.until, by: 'default' } },
        ]);
      });

      test(`${base}: set until a time or until lifted; a repeat replaces it; the backend can name the moderator`, async () => {
        const until = Date.now() + 3_600_000;
        assert.equal((await put('u2', { until, by: 'moderator 7' })).body.by, 'moderator 7');
        assert.equal((await api().call('GET', one('u2'))).body.until, until);
        assert.equal('until' in (await put('u2', {})).body, false);
        const { body } = await api().call('GET', one('u2'));
        assert.deepEqual([body.by, 'until' in body, 'reason' in body], ['default', false, false]);
      });

      test(`${base}: lifting returns the sanction; lifting again gets 404`, async () => {
        await put('小 明/🚀', { reason: 'x' });
        assert.equal((await api().call('DELETE', one('小 明/🚀'))).body.reason, 'x');
        mustRefuse(await api().call('DELETE', one('小 明/🚀')), 'not_found');
        mustRefuse(await api().call('GET', one('小 明/🚀')), 'not_found');
        assert.deepEqual((await events('小 明/🚀')).at(-1)?.data, { kind, user: '小 明/🚀', lifted: true, by: 'default' });
      });

      test(`${base}: an expired sanction gets 404`, async () => {
        await put('brief', { for_ms: 1 });
        await eventually(async () => mustRefuse(await api().call('GET', one('brief')), 'not_found'));
      });

      test(`${base}: pages list sanctions by user; a user id that is a prefix of another is distinct`, async () => {
        await api().bus.records.set(record, new Map([...(await api().bus.records.get(record)).fields.keys()].map((name) => [name, null])));
        for (const user of ['b', 'a', 'ab', '小明']) await put(user, {});
        const listed = [];
        for (let cursor: string | null = ''; cursor !== null; ) {
          const page: { cursor: string | null } & Record<string, unknown> = (await api().call('GET', `${base}?limit=3${cursor && `&cursor=${cursor}`}`)).body;
          listed.push(...(page[plural] as { user: string }[]).map(({ user }) => user));
          cursor = page.cursor;
        }
        assert.deepEqual(listed, ['a', 'ab', 'b', '小明']);
        mustRefuse(await api().call('GET', one('')), 'invalid_request');
        await api().call('DELETE', one('a'));
        mustRefuse(await api().call('GET', one('a')), 'not_found');
      });

      test(`${base}: an invalid request is refused and nothing is written`, async () => {
        const { version } = await api().bus.records.get(record);
        for (const body of [{ for_ms: 1, until: Date.now() + 10_000 }, { until: 1 }, { for_ms: 0 }, { reason: 5 }, { user: 'u' }, []])
          mustRefuse(await put('u', body), 'invalid_request');
        mustRefuse(await put('x'.repeat(129), {}), 'invalid_request');
        for (const query of ['limit=101', 'limit=0', 'cursor=%20', 'other=1']) mustRefuse(await api().call('GET', `${base}?${query}`), 'invalid_request');
        if (room) mustRefuse(await api().call('PUT', `/v1/rooms/a%20b/${plural}/u`, {}), 'invalid_room');
        assert.equal((await api().bus.records.get(record)).version, version);
      });
    }
  }
});
