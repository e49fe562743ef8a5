// Parsing and writing the addresses of the console, and parsing malformed addresses typed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkTo, placeOf } from '../../console/route.ts';

test('parsing a link gives the place it was written from', () => {
  for (const id of ['live:1001', 'a/b', 'a?b=c', '100%', '"><b>', '弹幕']) {
    const place = placeOf(linkTo('messages', id, { room: id }), 'cluster');
    assert.deepEqual([place.page, place.id, place.query.get('room')], ['messages', id, id]);
  }
});

test('empty values are left out of a link', () => {
  assert.equal(linkTo('audit', undefined, { key: '', route: '/v1/keys' }), '#/audit?route=%2Fv1%2Fkeys');
  assert.equal(linkTo('rooms'), '#/rooms');
});

test('an unknown page opens the first one', () => {
  for (const hash of ['', '#', '#/', '#/nowhere', '#/__proto__', '#cluster/../rooms']) assert.equal(placeOf(hash, 'cluster').page, 'cluster', hash);
  assert.equal(placeOf('', 'rooms').page, 'rooms');
});

test('malformed percent-encoding is kept as it is', () => {
  assert.equal(placeOf('#/rooms/%E0%A4%A', 'cluster').id, '%E0%A4%A');
});
