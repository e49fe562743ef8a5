// Fields of a JSON object are read and replaced in its text as JSON.parse sees them; all other bytes stay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fieldText, isObjectText, withField } from '../../src/message/field-text.ts';

test('fieldText reads the same value as JSON.parse, for any surrounding text', () => {
  const key = fc.constantFrom('a', 'count', 'count"', '\\', '名', '');
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), key, fc.constantFrom(0, 1, '\t'), (object, name, space) => {
      const text = fieldText(JSON.stringify(object, null, space), name);
      assert.deepEqual(text === undefined ? undefined : JSON.parse(text), Object.hasOwn(object, name) ? JSON.parse(JSON.stringify(object))[name] : undefined);
    }),
  );
});

test('withField changes one field and no other', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.constantFrom(0, 2), (object, name, space) => {
      if (name === '__proto__') return;
      const changed = withField(JSON.stringify(object, null, space), name, '7');
      assert.deepEqual(JSON.parse(changed), { ...JSON.parse(JSON.stringify(object)), [name]: 7 });
    }),
  );
  assert.equal(withField('{"n":9007199254740993,"count":1,"f":1.50}', 'count', '2'), '{"n":9007199254740993,"count":2,"f":1.50}');
});

test('the last of two fields with the same name counts', () => {
  assert.equal(fieldText('{"count":1,"count":2}', 'count'), '2');
});

test('isObjectText recognises objects', () => {
  assert.deepEqual([' {}', '[]', '"{"', 'null'].map(isObjectText), [true, false, false, false]);
});
