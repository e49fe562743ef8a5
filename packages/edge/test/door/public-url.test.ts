// The public URL of an edge: placeholders, and values that are refused at the start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testConfig } from '@danmux/testkit/unit';
import { publicUrlOf } from '../../src/door/public-url.ts';

const urlOf = (template: string, index = 2) => publicUrlOf(testConfig({ 'edge.public_url': template, 'edge.index': index }).edge, 7_702);

test('the index and the port of the edge replace their placeholders', () => {
  assert.equal(urlOf('https://live.example.com/edge-{index}'), 'https://live.example.com/edge-2');
  assert.equal(urlOf('https://edge-{index}.example.com:{port}/'), 'https://edge-2.example.com:7702');
  assert.equal(urlOf('wss://live.example.com'), 'wss://live.example.com');
  assert.equal(urlOf(''), undefined);
});

test('a value that is not a URL, or has another placeholder, stops the start', () => {
  for (const wrong of ['live.example.com', 'ftp://x', 'https://', 'https://x/{node}', 'https://x/?a=1', 'https://x y'])
    assert.throws(() => urlOf(wrong), { code: 'config_invalid', message: /edge\.public_url/ }, wrong);
});
