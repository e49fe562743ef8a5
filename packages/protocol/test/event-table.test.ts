// Tests of the event tables: every event is listed once, with existing error codes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from '../src/errors.ts';
import { anyEventErrors, connectErrors, serverEvents, viewerEvents } from '../src/event-table.ts';
import { viewerSchemas } from '../src/viewer-schemas.ts';

test('each event with a schema is in the table, in the same order', () => assert.deepEqual(Object.keys(viewerEvents), Object.keys(viewerSchemas)));

test('an event lists each error once, and no error common to all events', () => {
  for (const [event, { errors: codes }] of Object.entries(viewerEvents)) {
    const all: readonly string[] = [...codes, ...anyEventErrors];
    assert.deepEqual([...new Set(all)], all, event);
  }
  for (const code of connectErrors) assert.ok(Object.hasOwn(errors, code), code);
});

test('every text is a sentence', () => {
  for (const text of [...Object.values(viewerEvents).map((event) => event.text), ...Object.values(serverEvents)]) assert.match(text, /^[A-Z].*\.$/);
});
