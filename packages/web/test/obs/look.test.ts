// Parsing the URL of the OBS page: settings of valid parameters, and notes for invalid ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookOf } from '../../obs/look.ts';
import { textsOf } from '../../obs/texts.ts';

const look = (query: string, language = 'en') => lookOf(new URLSearchParams(query), textsOf(language));

test('every parameter is parsed', () => {
  const { room, urls, lanes, settings, notes } = look(
    'room=live:1&url=https://a.example,http://b.example:7700&speed=1.5&opacity=.8&area=0.5&size=32&max=40&font=Noto%20Sans&lanes=gift&lang=zh',
  );
  assert.deepEqual(notes, []);
  assert.deepEqual([room, urls, lanes], ['live:1', ['https://a.example', 'http://b.example:7700'], ['gift']]);
  assert.deepEqual(settings, {
    speed: 1.5,
    opacity: 0.8,
    area: 0.5,
    fontSize: 32,
    maxShown: 40,
    fontFamily: '"Noto Sans", system-ui, "Noto Sans CJK SC", sans-serif',
  });
});

test('a room alone is enough', () => {
  assert.deepEqual(look('room=live:1'), { room: 'live:1', urls: [], lanes: ['chat', 'gift'], settings: {}, notes: [] });
});

test('invalid parameters are ignored and reported with a valid example', () => {
  const { settings, lanes, urls, notes } = look('room=live:1&speed=fast&opacity=2&size=&lanes=gift,coins&url=ftp://x&font=a;b&colour=red&colour=blue');
  assert.deepEqual([settings, lanes, urls], [{}, ['gift'], []]);
  assert.equal(notes.length, 7);
  assert.match(notes.join('\n'), /speed=fast is not used: write a number from 0\.1 to 10, for example speed=1\.5/);
  assert.match(notes.join('\n'), /Unknown parameter “colour”/);
});

test('without a room the page explains how to name one, in both languages', () => {
  assert.match(look('').notes[0] ?? '', /Add \?room=/);
  assert.match(look('', 'zh-CN').notes[0] ?? '', /请加上 \?room=/);
  assert.deepEqual([look('room=a b').room, look('room=a b').notes.length], [undefined, 1]);
});
