// Which form each kind of schema gets in the OpenAPI document.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainSchema } from '../../src/document/plain-schema.ts';

test('an integer is int32 only when both its limits fit', () => {
  assert.equal(plainSchema({ type: 'integer' }).format, 'int64');
  assert.equal(plainSchema({ type: 'integer', minimum: 0 }).format, 'int64');
  assert.equal(plainSchema({ type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 }).format, 'int32');
  assert.equal(plainSchema({ type: 'integer', minimum: 0, maximum: 2 ** 31 }).format, 'int64');
  assert.equal(plainSchema({ type: 'array', items: { type: 'integer' } }).items?.format, 'int64');
});

test('a union of constants is one enum, also when it may be null', () => {
  const options = ['a', 'b'].map((value) => ({ type: 'string', enum: [value] }));
  assert.deepEqual(plainSchema({ anyOf: options, description: 'x' }), { type: 'string', enum: ['a', 'b'], description: 'x' });
  assert.deepEqual(plainSchema({ anyOf: [...options, { type: 'null' }] }), { type: ['string', 'null'], enum: ['a', 'b', null] });
});

test('a scalar or null is a list of types; an object or null stays a union', () => {
  assert.deepEqual(plainSchema({ anyOf: [{ type: 'integer' }, { type: 'null' }] }), { type: ['integer', 'null'], format: 'int64' });
  const object = { type: 'object', properties: { a: { type: 'string' } } };
  assert.deepEqual(plainSchema({ anyOf: [object, { type: 'null' }] }), { anyOf: [object, { type: 'null' }] });
});

test('a boolean that is always true is a boolean', () => {
  assert.deepEqual(plainSchema({ type: 'boolean', enum: [true], description: 'x' }), { type: 'boolean', description: 'x' });
});

test('a number that is always 202 is an integer; a number of other constants stays a number', () => {
  assert.deepEqual(plainSchema({ type: 'number', enum: [202] }), { type: 'integer', enum: [202], format: 'int32' });
  assert.deepEqual(plainSchema({ type: 'number', enum: [1, 2 ** 40] }), { type: 'integer', enum: [1, 2 ** 40], format: 'int64' });
  assert.deepEqual(plainSchema({ type: 'number', enum: [0.5, 1] }), { type: 'number', enum: [0.5, 1], format: 'double' });
});

test('rules that the handler checks are keywords of the document', () => {
  assert.deepEqual(plainSchema({ type: 'string', minLength: 1, 'x-checked': { pattern: '^a$' } }), { type: 'string', minLength: 1, pattern: '^a$' });
  const list = { type: 'array', items: { type: 'string', 'x-checked': { pattern: '^a$' } } };
  assert.deepEqual(plainSchema(list).items, { type: 'string', pattern: '^a$' });
});

test('a union of different kinds stays a union', () => {
  const schema = {
    anyOf: [
      { type: 'array', items: { type: 'string' } },
      { type: 'string', enum: ['*'] },
    ],
  };
  assert.deepEqual(plainSchema(schema), schema);
});
