// Settings of cluster membership, and of the interval at which a process checks room rules and held messages for changes it missed.
import { Type } from 'typebox';
import { everyRole, ms, strict } from '../fields.ts';

export const cluster = Type.Object(
  {
    announce_interval_ms: ms(500, 'Interval at which a process announces itself to the cluster.'),
    member_ttl_ms: ms(2_500, 'A process that has not announced itself for this time is removed from the member list.'),
    recheck_ms: ms(
      30_000,
      'Interval at which the version of each followed record (room rules, held messages) is checked, in case a change notification was lost.',
      100,
    ),
  },
  { ...strict, compared: everyRole },
);
