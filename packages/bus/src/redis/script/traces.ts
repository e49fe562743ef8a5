// The scripts of traces and of room traffic, which both add fields to an expiring hash.
import type { TracedHop } from '../../contract/traces.ts';
import { defineScript, rows } from './define-script.ts';

interface TracesAdd {
  readonly trace: string;
  readonly ttlMs: number;
  readonly maxHops: number;
  /** '' adds only to an existing trace. */
  readonly traceId: string;
  readonly hops: readonly TracedHop[];
}

export const tracesAdd = defineScript<TracesAdd>({
  file: 'traces-add',
  keys: ['trace'],
  args: [
    'ttlMs',
    'maxHops',
    'traceId',
    rows('hop', ({ hops }) => hops, {
      field: ({ hop, node }) => `h ${hop} ${node}`,
      value: ({ at, offset, viewers }) => `${at} ${offset ?? '-'} ${viewers ?? '-'}`,
    }),
  ],
});

interface TrafficAdd {
  readonly traffic: string;
  readonly ttlMs: number;
  readonly at: number;
  readonly rates: string;
  readonly counts: readonly (readonly [field: string, amount: number])[];
}

export const trafficAdd = defineScript<TrafficAdd>({
  file: 'traffic-add',
  keys: ['traffic'],
  args: ['ttlMs', 'at', 'rates', rows('count', ({ counts }) => counts, { field: ([field]) => field, amount: ([, amount]) => amount })],
});
