// A field of a JSON object is read and changed as JSON.parse would see it, and nothing else of the text changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fieldText, isObjectText, withField } from '../../src/message/field-text.ts';

test('reads what JSON.parse reads, whatever stands around it', () => {
  const key = fc.constantFrom('a', 'count', 'count"', '\\', '名', '');
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), key, fc.constantFrom(0, 1, '\t'), (object, name, space) => {
      const text = fieldText(JSON.stringify(object, null, space), name);
      assert.deepEqual(text === undefined ? undefined : JSON.parse(text), Object.hasOwn(object, name) ? JSON.parse(JSON.stringify(object))[name] : undefined);
    }),
  );
});

test('changes one field and no other', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.constantFrom(0, 2), (object, name, space) => {
      if (name === '__proto__') return;
      const changed = withField(JSON.stringify(object, null, space), name, '7');
      assert.deepEqual(JSON.parse(changed), { ...JSON.parse(JSON.stringify(object)), [name]: 7 });
    }),
  );
  assert.equal(withField('{"n":9007199254740993,"count":1,"f":1.50}', 'count', '2'), '{"n":9007199254740993,"count":2,"f":1.50}');
});

test('of a field that stands there twice it is the last', () => {
  assert.equal(fieldText('{"count":1,"count":2}', 'count'), '2');
});

test('knows an object from what is none', () => {
  assert.deepEqual([' {}', '[]', '"{"', 'null'].map(isObjectText), [true, false, false, false]);
});
