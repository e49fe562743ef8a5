// The methods of the bus that need Redis, each with valid arguments, and the error they give during an outage.
import assert from 'node:assert/strict';
import { DanmuxError } from '@danmux/protocol';
import type { Bus } from '../../src/bus.ts';
import type { Lease } from '../../src/contract/leases.ts';

const lease: Lease = { name: 'shard:26', owner: 'me', token: 1 };
const heads = { epoch: 'e', offsets: { control: 0, gift: 0, chat: 0 } };
const member = { id: 'm', role: 'edge', address: '', version: '1', load: 0 };

/** Every method that needs the store, except `publish`, which returns an error per publication. */
export const storeMethods: Readonly<Record<string, (bus: Bus) => Promise<unknown>>> = {
  health: (bus) => bus.health(),
  'ingress.read': (bus) => bus.ingress.read(0, 'gift', undefined, 10),
  'ingress.listen': (bus) => bus.ingress.listen(0, () => {}),
  'streams.commit': (bus) => bus.streams.commit({ room: 'live:1', lease, expected: heads, messages: {}, entries: {}, frame: null, counts: {} }),
  'frames.subscribe': (bus) => bus.frames.subscribe('live:1', { frame: () => {}, resumed: () => {} }),
  'streams.heads': (bus) => bus.streams.heads('live:1'),
  'streams.since': (bus) => bus.streams.since('live:1', 'gift', 0, 10, 10),
  'streams.history': (bus) => bus.streams.history('live:1', 'gift', undefined, 10),
  'leases.acquire': (bus) => bus.leases.acquire('boss', 'me', 1_000),
  'leases.renew': (bus) => bus.leases.renew(lease, 1_000),
  'leases.release': (bus) => bus.leases.release(lease),
  'leases.onFreed': (bus) => bus.leases.onFreed(() => {}),
  'presence.report': (bus) => bus.presence.report('e', new Map([['live:1', 1]]), 1_000),
  'presence.online': (bus) => bus.presence.online('live:1'),
  'presence.audience': (bus) => bus.presence.audience('live:1'),
  'presence.totals': (bus) => bus.presence.totals(),
  'members.announce': (bus) => bus.members.announce(member, 1_000),
  'members.leave': (bus) => bus.members.leave('m'),
  'members.list': (bus) => bus.members.list(),
  sweep: (bus) => bus.sweep(),
  'ledger.totals': (bus) => bus.ledger.totals(),
  'claims.begin': (bus) => bus.claims.begin('k', 'hash', 'c'),
  'claims.finish': (bus) => bus.claims.finish('k', 'hash', 'c', 'answer', 1_000),
  'claims.forget': (bus) => bus.claims.forget('k', 'c'),
  'claims.once': (bus) => bus.claims.once('k', 1_000),
  'streams.recall': (bus) => bus.streams.recall('live:1', 'g'),
  'streams.recallAll': (bus) => bus.streams.recallAll('live:1', { scope: { all: true }, positions: {}, ts: 1 }),
  'streams.recalled': (bus) => bus.streams.recalled('live:1'),
  'streams.rooms': (bus) => bus.streams.rooms(),
  'presence.rooms': (bus) => bus.presence.rooms(),
  'frames.subscribed': (bus) => bus.frames.subscribed('live:1'),
  'records.get': (bus) => bus.records.get('room:live:1'),
  'records.version': (bus) => bus.records.version('room:live:1'),
  'records.set': (bus) => bus.records.set('room:live:1', new Map([['a', { value: '1' }]])),
  'records.setIf': (bus) => bus.records.setIf('words', 0, new Map()),
  'records.page': (bus) => bus.records.page('words', '', undefined, 10),
  'records.watch': (bus) => bus.records.watch({ changed: () => {}, resumed: () => {} }),
  'cursors.read': (bus) => bus.cursors.read('boss'),
  'cursors.write': (bus) => bus.cursors.write({ ...lease, name: 'boss' }, new Map([['a', '1']])),
  'events.emit': (bus) => bus.events.emit('live:1', ['{}']),
  'events.read': (bus) => bus.events.read(0, undefined, 10),
  'events.trim': (bus) => bus.events.trim(0, '1-1'),
  'events.dropped': (bus) => bus.events.dropped(),
  'events.listen': (bus) => bus.events.listen(() => {}),
  'logs.append': (bus) => bus.logs.append('audit', ['a'], 10),
  'logs.page': (bus) => bus.logs.page('audit', undefined, 10),
  'logs.find': (bus) => bus.logs.find('audit', '1-1'),
  'logs.remove': (bus) => bus.logs.remove('audit', ['1-1']),
  'receipts.open': (bus) => bus.receipts.open('m', 'live:1', 1),
  'receipts.report': (bus) => bus.receipts.report([{ id: 'm', room: 'live:1', edge: 'e', sent: 1, received: 0 }]),
  'receipts.find': (bus) => bus.receipts.find('m'),
  'traces.add': (bus) => bus.traces.add([{ room: 'live:1', id: 'm', hop: 'stored', node: 'n', at: 1, trace: 't' }]),
  'traces.find': (bus) => bus.traces.find('live:1', 'm'),
  'traffic.add': (bus) => bus.traffic.add([{ room: 'live:1', at: 1, perSecond: { control: 0, gift: 0, chat: 0, ambient: 0 }, counts: {} }]),
  'traffic.find': (bus) => bus.traffic.find('live:1'),
};

/** True for a DanmuxError `unavailable` with a retry hint; fails the test otherwise. */
export const isUnavailable = (error: unknown) => {
  assert.ok(error instanceof DanmuxError, String(error));
  assert.equal(error.code, 'unavailable');
  assert.ok((error.retryAfterMs ?? 0) > 0, 'it says when to try again');
  return true;
};
