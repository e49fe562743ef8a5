// The scripts of presence.
import type { MemberReport } from '../../contract/presence.ts';
import type { ShardKeys } from '../keys.ts';
import { defineScript, one, rows } from './define-script.ts';

/** One room in a call; a count of -1 only reads. */
export interface ReportedRoom {
  readonly room: string;
  readonly count: number;
  readonly report?: MemberReport | undefined;
}

interface PresenceReport {
  readonly shard: ShardKeys;
  readonly edge: string;
  readonly ttlMs: number;
  readonly headsTtlMs: number;
  readonly reported: readonly ReportedRoom[];
}

export const presenceReport = defineScript<PresenceReport>({
  file: 'presence-report',
  keys: [
    one('totals', ({ shard }) => shard.totals),
    rows('room', ({ reported }) => reported, {
      rows: ({ room }, { shard }) => shard.presence(room),
      heads: ({ room }, { shard }) => shard.heads(room),
      memberLists: ({ room }, { shard }) => shard.memberLists(room),
    }),
  ],
  args: [
    'edge',
    'ttlMs',
    'headsTtlMs',
    rows('room', ({ reported }) => reported, {
      name: ({ room }) => room,
      count: ({ count }) => count,
      users: ({ report }) => report?.users ?? '',
      version: ({ report }) => report?.list?.version ?? '',
      list: ({ report }) => report?.list?.text ?? '',
    }),
  ],
});

export const presenceAudience = defineScript({ file: 'presence-audience', keys: ['rows', 'memberLists'], args: [] });
