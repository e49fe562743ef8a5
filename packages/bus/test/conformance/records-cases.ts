// Records: atomic versioned changes, expiring fields, pages, and watchers that get changes in order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { eventually } from '@danmux/testkit/unit';
import type { Bus } from '../../src/bus.ts';
import type { RecordChange, RecordField } from '../../src/contract/records.ts';
import type { MakeEngine } from './case-kit.ts';

const fieldsOf = (fields: Record<string, string | null>): Map<string, RecordField | null> =>
  new Map(Object.entries(fields).map(([name, value]) => [name, value === null ? null : { value }]));

/** Collects every change from now on. */
async function changesOf(bus: Bus): Promise<RecordChange[]> {
  const changes: RecordChange[] = [];
  await bus.records.watch({ changed: (change) => changes.push(change), resumed: () => {} });
  return changes;
}

export function recordCases(engine: MakeEngine): void {
  describe('records', () => {
    for (const record of ['room:live:1', 'everywhere'] as const) {
      test(`set on ${record} stores values, removes null fields and gives one new version`, async () => {
        const { bus } = await engine();
        assert.deepEqual(await bus.records.get(record), { version: 0, fields: new Map() });
        assert.equal(await bus.records.version(record), 0);
        const first = await bus.records.set(record, fieldsOf({ a: '1', b: '{"x":"弹幕 🎁\\n"}' }));
        assert.ok(Math.abs(first - Date.now()) < 60_000, 'it begins at the time');
        const second = await bus.records.set(record, fieldsOf({ a: null, c: '', 'mute:bob smith': '3' }));
        assert.ok(second > first);
        const expected = new Map([
          ['b', { value: '{"x":"弹幕 🎁\\n"}' }],
          ['c', { value: '' }],
          ['mute:bob smith', { value: '3' }],
        ]);
        const { version, fields } = await bus.records.get(record);
        assert.deepEqual([version, new Map([...fields].sort())], [second, expected]);
        const third = await bus.records.set(record, fieldsOf({ never: null }));
        assert.ok(third > second);
        const last = await bus.records.set(record, new Map());
        assert.ok(last > third, 'a change of nothing is one');
        assert.equal(await bus.records.version(record), last);
      });
    }

    test('field names may be empty, unusual or names of Object.prototype', async () => {
      const { bus } = await engine();
      const names = ['__proto__', 'constructor', 'v', '', ' ', 'a b', '\n', '.', '弹幕', '*', '[x', '(x'];
      await bus.records.set('words', new Map(names.map((name) => [name, { value: name }])));
      const { fields } = await bus.records.get('words');
      assert.deepEqual([...fields.keys()].sort(), [...names].sort());
      for (const name of names) assert.deepEqual(fields.get(name), { value: name });
    });

    test('records are independent', async () => {
      const { bus } = await engine();
      await bus.records.set('room:live:1', fieldsOf({ a: '1' }));
      await bus.records.set('room:live:29', fieldsOf({ a: '2' }));
      await bus.records.set('words', fieldsOf({ a: '3' }));
      for (const [record, value] of [
        ['room:live:1', '1'],
        ['room:live:29', '2'],
        ['words', '3'],
      ] as const)
        assert.deepEqual((await bus.records.get(record)).fields, new Map([['a', { value }]]));
    });

    test('an expired field is never returned, and its record keeps its version; a field without expiry stays', async () => {
      const { bus } = await engine();
      const until = Date.now() + 300;
      const fields = new Map([
        ['kept', { value: '1' }],
        ['later', { value: '2', until: until + 600_000 }],
        ['soon', { value: '3', until }],
        ['past', { value: '4', until: Date.now() - 1 }],
        ['long ago', { value: '5', until: 0 }],
      ]);
      const version = await bus.records.set('everywhere', fields);
      const first = await bus.records.get('everywhere');
      assert.deepEqual([...first.fields.keys()].sort(), ['kept', 'later', 'soon']);
      assert.deepEqual(first.fields.get('later'), fields.get('later'), 'it tells its end');
      await eventually(async () => assert.equal((await bus.records.get('everywhere')).fields.has('soon'), false));
      const page = await bus.records.page('everywhere', '', undefined, 10);
      assert.deepEqual(
        page.fields.map(([name]) => name),
        ['kept', 'later'],
      );
      await bus.sweep();
      assert.deepEqual([...(await bus.records.get('everywhere')).fields.keys()].sort(), ['kept', 'later']);
      assert.equal((await bus.records.get('everywhere')).version, version);
    });

    test('setting a field again replaces its expiry, and a sweep does not remove it early', async () => {
      const { bus } = await engine();
      const soon = Date.now() + 50;
      await bus.records.set(
        'room:live:1',
        new Map([
          ['a', { value: '1', until: soon }],
          ['b', { value: '1', until: soon }],
          ['c', { value: '1', until: soon }],
        ]),
      );
      const last = await bus.records.set(
        'room:live:1',
        new Map([
          ['a', { value: '2' }],
          ['b', { value: '2', until: soon + 600_000 }],
        ]),
      );
      await eventually(() => assert.ok(Date.now() > soon, 'it is time'));
      await bus.sweep();
      assert.equal(await bus.records.version('room:live:1'), last);
      const { fields } = await bus.records.get('room:live:1');
      assert.deepEqual([...fields].sort(), [
        ['a', { value: '2' }],
        ['b', { value: '2', until: soon + 600_000 }],
      ]);
    });

    test('setIf changes a record only at the given version', async () => {
      const { bus } = await engine();
      assert.equal(await bus.records.setIf('words', 1, fieldsOf({ a: '0' })), null);
      const first = await bus.records.setIf('words', 0, fieldsOf({ a: '1' }));
      assert.ok(first);
      assert.equal(await bus.records.setIf('words', 0, fieldsOf({ a: '2' })), null);
      const second = (await bus.records.setIf('words', first, fieldsOf({ a: '3' }))) ?? assert.fail();
      assert.ok(second > first);
      assert.deepEqual(await bus.records.get('words'), { version: second, fields: new Map([['a', { value: '3' }]]) });
    });

    test('one of many concurrent setIf calls with the same version succeeds', async () => {
      const { bus } = await engine();
      const changes = await changesOf(bus);
      const results = await Promise.all(['a', 'b', 'c', 'd'].map((name) => bus.records.setIf('room:live:1', 0, fieldsOf({ [name]: '1' }))));
      const [first = 0, ...others] = results.filter((result) => result !== null);
      assert.deepEqual(others, []);
      const { version, fields } = await bus.records.get('room:live:1');
      assert.deepEqual([version, fields.size], [first, 1]);
      const second = await bus.records.set('room:live:1', fieldsOf({ barrier: '1' }));
      await eventually(() =>
        assert.deepEqual(
          changes.map((change) => [change.before, change.version]),
          [
            [0, first],
            [first, second],
          ],
        ),
      );
    });

    test('pages list the names with the prefix in order, without gaps or repeats', async () => {
      const { bus } = await engine();
      const names = Array.from({ length: 25 }, (_, index) => `mute:u${String(index).padStart(2, '0')}`);
      const others = ['mut', 'mute', 'mutf', 'ban:u1', 'zoo', 'mute;x'];
      await bus.records.set('everywhere', new Map([...names, ...others].reverse().map((name) => [name, { value: `${name}!` }])));
      const found: string[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < 3; pages++) {
        const page = await bus.records.page('everywhere', 'mute:', cursor, 10);
        found.push(...page.fields.map(([name]) => name));
        for (const [name, field] of page.fields) assert.deepEqual(field, { value: `${name}!` });
        assert.equal(page.cursor === null, pages === 2);
        cursor = page.cursor ?? undefined;
      }
      assert.deepEqual(found, names);
      assert.equal((await bus.records.page('everywhere', 'mute:', undefined, 25)).cursor, null, 'a full last page has no cursor');
      assert.deepEqual(await bus.records.page('everywhere', 'none', undefined, 5), { fields: [], cursor: null });
      assert.deepEqual(await bus.records.page('nothing', '', undefined, 5), { fields: [], cursor: null });
    });

    test('a cursor of a removed name still works; names are in byte order', async () => {
      const { bus } = await engine();
      await bus.records.set('words', new Map(['B', 'a', 'é', '\uff5e', '🎁', 'b'].map((name) => [name, { value: '' }])));
      await bus.records.set('words', fieldsOf({ b: null }));
      const namesAfter = async (cursor: string | undefined) => (await bus.records.page('words', '', cursor, 10)).fields.map(([name]) => name);
      assert.deepEqual(await namesAfter(undefined), ['B', 'a', 'é', '\uff5e', '🎁']);
      assert.deepEqual(await namesAfter('b'), ['é', '\uff5e', '🎁']);
    });

    test('a page skips more expired names than one query of the script returns', async () => {
      const { bus } = await engine();
      const until = Date.now() - 1;
      const fields = Array.from(
        { length: 900 },
        (_, index) => [`n${String(index).padStart(3, '0')}`, index % 100 === 0 ? { value: '' } : { value: '', until }] as const,
      );
      await bus.records.set('keys', new Map(fields));
      const page = await bus.records.page('keys', 'n', undefined, 8);
      assert.deepEqual([page.fields.length, page.fields.at(-1)?.[0], page.cursor], [8, 'n700', 'n700']);
      assert.deepEqual(
        (await bus.records.page('keys', 'n', 'n700', 8)).fields.map(([name]) => name),
        ['n800'],
      );
    });

    test('every watcher gets every change, in version order per record', async () => {
      const { bus } = await engine();
      const [first, second] = [await changesOf(bus), await changesOf(bus)];
      const until = Date.now() + 60_000;
      const told = new Map<string, RecordField | null>([
        ['a', { value: '1', until }],
        ['gone', null],
        ['x', { value: '"弹幕"\n' }],
      ]);
      const begun = await bus.records.set('room:live:1', told);
      for (let i = 0; i < 10; i++)
        await Promise.all(['room:live:1', 'room:live:2', 'words'].map((record) => bus.records.set(record, fieldsOf({ n: String(i) }))));
      await eventually(() => assert.equal(first.length, 31));
      await eventually(() => assert.equal(second.length, 31));
      assert.deepEqual(
        first.find(({ record, version }) => record === 'room:live:1' && version === begun),
        { record: 'room:live:1', version: begun, before: 0, fields: told },
      );
      for (const [record, count] of [
        ['room:live:1', 11],
        ['room:live:2', 10],
        ['words', 10],
      ] as const) {
        const changes = first.filter((change) => change.record === record);
        assert.equal(changes.length, count);
        assert.deepEqual(
          changes.map(({ before }) => before),
          [0, ...changes.slice(0, -1).map(({ version }) => version)],
        );
      }
    });

    test('a closed watcher gets nothing, and one that throws does not affect the others', async () => {
      const { bus } = await engine();
      const gone: RecordChange[] = [];
      const watch = await bus.records.watch({ changed: (change) => gone.push(change), resumed: () => {} });
      await bus.records.watch({
        changed: () => {
          throw new Error('mine');
        },
        resumed: () => {},
      });
      const changes = await changesOf(bus);
      await watch.close();
      await bus.records.set('room:live:1', fieldsOf({ a: '1' }));
      await eventually(() => assert.equal(changes.length, 1));
      assert.deepEqual(gone, []);
    });

    test('a value may have up to 64 KiB; a record name contains no space', async () => {
      const { bus } = await engine();
      const isOf = (code: string) => (error: unknown) => error instanceof DanmuxError && error.code === code;
      const version = await bus.records.set('words', fieldsOf({ a: 'x'.repeat(65_536) }));
      await assert.rejects(() => bus.records.set('words', fieldsOf({ a: 'é'.repeat(32_769) })), isOf('too_large'));
      await assert.rejects(() => bus.records.setIf('words', 1, fieldsOf({ a: 'x'.repeat(65_537) })), isOf('too_large'));
      await assert.rejects(() => bus.records.set('two words', fieldsOf({ a: '' })), isOf('internal'));
      assert.equal((await bus.records.get('words')).version, version);
    });
  });
}
