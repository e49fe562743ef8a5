// A dead letter holds the event as it would have been delivered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logs } from '@danmux/bus';
import { toJson } from '@danmux/runtime';
import { DeadLetters } from '../src/dead-letters.ts';

test('the digits of its event survive the list', async () => {
  const kept: string[] = [];
  const logs = {
    append: async (_log: string, texts: readonly string[]) => void kept.push(...texts),
    find: async (_log: string, entry: string) => ({ entry, text: kept[0] ?? '' }),
  };
  const letters = new DeadLetters(logs as unknown as Logs, 10);
  const text = '{"id":"e1","type":"message.sent","room":"r","ts":1,"data":{"messages":[{"data":{"order":9007199254740993,"price":1.0}}]}}';
  await letters.add({ target: 't', text, error: 'answered 500', attempts: 3, at: 1 });
  assert.equal(toJson((await letters.find('1'))?.event), text);
});
