// The tables of texts: every text is translated, and the two languages have the same keys.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { errors } from '@danmux/protocol';
import { chinese, english } from '../../console/texts/languages.ts';

/** Texts that are the same in both languages. */
const same: readonly string[] = ['cpu'];

type Table = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null;

/** Every text of a table with its path. Functions are called with names of their parameters that no text contains. */
function textsOf(table: Table, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(table)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (isTable(value)) for (const [inner, text] of textsOf(value, name)) found.set(inner, text);
    else if (typeof value === 'string') found.set(name, value);
    else if (typeof value === 'function') found.set(name, String(value(...Array.from({ length: 3 }, (_, index) => `${index + 1}`))));
  }
  return found;
}

test('every English text has a Chinese one that differs', () => {
  const translations = textsOf(chinese);
  const texts = textsOf(english);
  assert.ok(texts.size > 300, `${texts.size} texts`);
  const missing = [...texts.keys()].filter((key) => !translations.has(key));
  assert.deepEqual(missing, []);
  const untranslated = [...texts].filter(([key, text]) => text !== '' && translations.get(key) === text && !same.includes(key)).map(([key]) => key);
  assert.deepEqual(untranslated, []);
  assert.deepEqual(
    same.filter((key) => texts.get(key) !== translations.get(key)),
    [],
    'these differ now',
  );
});

test('a Chinese text has Chinese characters, or is the name of the other language', () => {
  const plain = [...textsOf(chinese)].filter(([key, text]) => text !== '' && !/\p{Script=Han}/u.test(text) && !same.includes(key)).map(([key]) => key);
  assert.deepEqual(plain, ['language', 'otherLanguage', 'otherLanguageName', 'pages.webhooks', 'noReply.other']);
});

test('every error of the api has a Chinese text', () => {
  assert.deepEqual(Object.keys(chinese.errors).sort(), Object.keys(errors).sort());
});

test('no two files of texts have a key in common', async () => {
  const folder = new URL('../../console/texts/', import.meta.url);
  const modules = readdirSync(folder).filter((name) => name.endsWith('-texts.ts'));
  const files = await Promise.all(
    modules.map(async (name) => Object.values((await import(new URL(name, folder).href)) as Record<string, { english: Table }>)[0]?.english ?? {}),
  );
  const keys = files.flatMap((file) => Object.keys(file));
  assert.deepEqual(
    keys.filter((key, index) => keys.indexOf(key) !== index),
    [],
  );
  assert.deepEqual(keys.sort(), Object.keys(english).sort());
});
