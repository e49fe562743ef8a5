// Named logs: capped, read newest first by page, found and removed by entry id.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MakeEngine } from './case-kit.ts';

export function logCases(engine: MakeEngine): void {
  describe('logs', () => {
    const texts = (count: number) => Array.from({ length: count }, (_, index) => `{"n":${index + 1}}`);

    test('pages are newest first without gaps or repeats; the last has no cursor', async () => {
      const { bus } = await engine();
      await bus.logs.append('audit', texts(12), 100);
      await bus.logs.append('audit', [], 100);
      const found: string[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < 3; pages++) {
        const page = await bus.logs.page('audit', cursor, 4);
        found.push(...page.entries.map(({ text }) => text));
        assert.equal(page.cursor === null, pages === 2);
        cursor = page.cursor ?? undefined;
      }
      assert.deepEqual(found, texts(12).reverse());
      assert.deepEqual(await bus.logs.page('other', undefined, 4), { entries: [], cursor: null });
    });

    test('a log keeps the newest entries up to its cap', async () => {
      const { bus } = await engine();
      for (const text of texts(7)) await bus.logs.append('audit', [text], 3);
      await bus.logs.append('dead', texts(5), 2);
      const kept = async (log: string) => (await bus.logs.page(log, undefined, 100)).entries.map(({ text }) => text);
      assert.deepEqual(await kept('audit'), texts(7).slice(4).reverse());
      assert.deepEqual(await kept('dead'), texts(5).slice(3).reverse());
      await bus.logs.append('audit', ['x'], 1);
      assert.deepEqual(await kept('audit'), ['x']);
    });

    test('find returns an entry by the id from append, until it is removed', async () => {
      const { bus } = await engine();
      const places = await bus.logs.append('dead', ['a', '弹幕\n"', 'c'], 100);
      assert.equal(new Set(places).size, 3);
      assert.deepEqual(await bus.logs.find('dead', places[1] ?? ''), { entry: places[1], text: '弹幕\n"' });
      assert.equal(await bus.logs.find('other', places[1] ?? ''), null);
      assert.equal(await bus.logs.remove('dead', [places[1] ?? '', places[2] ?? '', '9999999999999-9']), 2);
      assert.equal(await bus.logs.remove('dead', [places[1] ?? '']), 0);
      assert.equal(await bus.logs.remove('dead', []), 0);
      assert.equal(await bus.logs.find('dead', places[1] ?? ''), null);
      assert.deepEqual(await bus.logs.page('dead', undefined, 10), { entries: [{ entry: places[0], text: 'a' }], cursor: null });
    });

    test('a text that is not an entry id is found nowhere', async () => {
      const { bus } = await engine();
      await bus.logs.append('audit', ['a'], 10);
      for (const odd of ['', 'x', '-', '+', '1-', '-1', '(1', '1-x', '1 2', '99999999999999999999999', '$', '*']) {
        assert.equal(await bus.logs.find('audit', odd), null, odd);
        assert.equal(await bus.logs.remove('audit', [odd]), 0, odd);
        assert.deepEqual(await bus.logs.page('audit', odd, 10), { entries: [], cursor: null }, odd);
      }
    });
  });
}
