// The event tables name every event once and only errors that there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from '../src/errors.ts';
import { anyEventErrors, connectErrors, serverEvents, viewerEvents } from '../src/event-table.ts';
import { viewerSchemas } from '../src/viewer-schemas.ts';

test('each event with a schema is in the table, in the same order', () => assert.deepEqual(Object.keys(viewerEvents), Object.keys(viewerSchemas)));

test('an event names each of its errors once, and none that any event may have', () => {
  for (const [event, { errors: codes }] of Object.entries(viewerEvents)) {
    const all: readonly string[] = [...codes, ...anyEventErrors];
    assert.deepEqual([...new Set(all)], all, event);
  }
  for (const code of connectErrors) assert.ok(Object.hasOwn(errors, code), code);
});

test('texts are sentences', () => {
  for (const text of [...Object.values(viewerEvents).map((event) => event.text), ...Object.values(serverEvents)]) assert.match(text, /^[A-Z].*\.$/);
});
