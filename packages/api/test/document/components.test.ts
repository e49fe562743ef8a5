// Names of the schemas in the OpenAPI document.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withComponents } from '../../src/document/components.ts';
import type { Schema } from '../../src/document/plain-schema.ts';

function documentOf(replies: Readonly<Record<string, Schema>>) {
  const paths = Object.fromEntries(
    Object.entries(replies).map(([operationId, schema]) => [
      `/${operationId}`,
      { get: { operationId, responses: { 200: { content: { 'application/json': { schema } } } } } },
    ]),
  );
  return withComponents<{ paths: object; components?: { schemas: Record<string, Schema> } }>({ paths });
}

const thing = { title: 'Thing', type: 'object', properties: { n: { type: 'integer' } } };

test('a schema with a title is a component of that name, wherever it stands', () => {
  const { paths, components } = documentOf({
    getThing: thing,
    listThings: { title: 'Things', type: 'object', properties: { all: { type: 'array', items: thing } } },
  });
  assert.match(JSON.stringify(paths), /getThing.*"schema":\{"\$ref":"#\/components\/schemas\/Thing"\}/);
  assert.deepEqual(Object.keys(components?.schemas ?? {}), ['Thing', 'Things']);
  assert.deepEqual(components?.schemas['Thing'], { type: 'object', properties: { n: { type: 'integer', format: 'int64' } } });
  assert.deepEqual(components?.schemas['Things']?.properties?.['all']?.items, { $ref: '#/components/schemas/Thing' });
});

test('an object without a title is named after its place', () => {
  const { components } = documentOf({
    getThing: { type: 'object', properties: { part_list: { type: 'array', items: { type: 'object', properties: { a: {} } } } } },
  });
  assert.deepEqual(Object.keys(components?.schemas ?? {}), ['GetThingReply', 'GetThingReplyPartListItem']);
});

test('two different schemas with one title are refused', () => {
  assert.throws(() => documentOf({ one: thing, two: { ...thing, properties: {} } }), /title Thing/);
  assert.doesNotThrow(() => documentOf({ one: thing, two: { ...thing } }), 'the same schema twice is one component');
});
