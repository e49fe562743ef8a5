// Tests of messageTexts: the messages of a payload, each as its original text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageTexts } from '../../src/frame/message-texts.ts';

const payload = (...msgs: string[]) => `{"room":"live:1","msgs":[${msgs.join(',')}]}`;

test('cuts messages apart and changes nothing of them', () => {
  const msgs = [
    '{"lane":"gift","offset":1,"id":"a","data":{"price":1.10,"big":9007199254740993,"list":[1,[2,{}]]}}',
    '{"id":"b","data":"]}\\"{[,\\\\"}',
    '{"id":"c","data":"\\\\\\\\\\""}',
    '{"id":"d","data":"弹幕 \\ud83d\\ude00"}',
  ];
  assert.deepEqual(messageTexts(payload(...msgs)), msgs);
});

test('of none there are none', () => {
  assert.deepEqual(messageTexts(payload()), []);
});
