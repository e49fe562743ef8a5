// Tests of the gated bus: calls pass, wait, fail or are replaced as configured.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gated } from '../src/unit.ts';

class Store {
  readonly #kept: string[] = [];
  readonly records = {
    put: async (key: string) => void this.#kept.push(`record ${key}`),
    list: async () => this.#kept,
  };

  async put(text: string): Promise<number> {
    return this.#kept.push(text);
  }

  async kept(): Promise<readonly string[]> {
    return [...this.#kept];
  }
}

test('a delayed call reaches the store after its release, and other calls are not delayed', async () => {
  const store = new Store();
  const gate = gated(store);
  const { begun, release } = gate.hold('put');
  const held = gate.open.put('a');
  await begun;
  await gate.open.records.put('b');
  assert.deepEqual(await store.kept(), ['record b']);
  release();
  assert.equal(await held, 2);
  assert.equal(await gate.open.put('c'), 3);
});

test('a failing call does not reach the store until the failure is removed', async () => {
  const store = new Store();
  const gate = gated(store);
  const heal = gate.fail('records.put', new Error('refused'));
  await assert.rejects(gate.open.records.put('a'), /refused/);
  heal();
  await gate.open.records.put('a');
  assert.deepEqual(await store.kept(), ['record a']);
});

test('a replacement is called instead of the store; `restore` ends one, or all', async () => {
  const store = new Store();
  const gate = gated(store);
  gate.replace('put', async (text) => text.length);
  gate.replace('records.put', async () => {});
  assert.equal(await gate.open.put('long'), 4);
  await gate.open.records.put('a');
  gate.restore('put');
  assert.equal(await gate.open.put('b'), 1);
  gate.fail('put');
  gate.restore();
  await gate.open.records.put('c');
  assert.equal(await gate.open.put('d'), 3);
  assert.deepEqual(await store.kept(), ['b', 'record c', 'd']);
});

test('a wrapper decides whether and with which arguments the store is called', async () => {
  const store = new Store();
  const gate = gated(store);
  const restore = gate.wrap('put', async (next, text) => (await next(`${text}!`)) * 10);
  assert.equal(await gate.open.put('a'), 10);
  restore();
  assert.equal(await gate.open.put('b'), 2);
  assert.deepEqual(await store.kept(), ['a!', 'b']);
});

test('while `away` is set every call rejects, and calls are recorded by name', async () => {
  const gate = gated(new Store());
  gate.away = new Error('away');
  await assert.rejects(gate.open.put('a'), /away/);
  await assert.rejects(gate.open.records.list(), /away/);
  gate.away = undefined;
  await gate.open.records.list();
  assert.deepEqual(gate.calls, ['put', 'records.list', 'records.list']);
  assert.equal(gate.count('records.list'), 2);
});

test('removing an older step keeps the newer one', async () => {
  const gate = gated(new Store());
  const heal = gate.fail('put', new Error('first'));
  gate.fail('put', new Error('second'));
  heal();
  await assert.rejects(gate.open.put('a'), /second/);
});
