// Addresses of the console, there and back, and those that somebody typed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkTo, placeOf } from '../../console/route.ts';

test('a place is the same after its link', () => {
  for (const id of ['live:1001', 'a/b', 'a?b=c', '100%', '"><b>', '弹幕']) {
    const place = placeOf(linkTo('messages', id, { room: id }), 'cluster');
    assert.deepEqual([place.page, place.id, place.query.get('room')], ['messages', id, id]);
  }
});

test('what is empty is not said', () => {
  assert.equal(linkTo('audit', undefined, { key: '', route: '/v1/keys' }), '#/audit?route=%2Fv1%2Fkeys');
  assert.equal(linkTo('rooms'), '#/rooms');
});

test('what is no page is the first one', () => {
  for (const hash of ['', '#', '#/', '#/nowhere', '#/__proto__', '#cluster/../rooms']) assert.equal(placeOf(hash, 'cluster').page, 'cluster', hash);
  assert.equal(placeOf('', 'rooms').page, 'rooms');
});

test('an escape that is none is taken as it stands', () => {
  assert.equal(placeOf('#/rooms/%E0%A4%A', 'cluster').id, '%E0%A4%A');
});
