// How processes announce themselves and follow records.
import { Type } from 'typebox';
import { ms, strict } from '../fields.ts';

export const cluster = Type.Object(
  {
    announce_interval_ms: ms(500, 'How often a process announces itself.'),
    member_ttl_ms: ms(2_500, 'A process that did not announce itself for so long is gone.'),
    recheck_ms: ms(
      30_000,
      'How often the version of each followed record (rules of rooms, held messages) is looked at, in case news of a change got lost.',
      100,
    ),
  },
  strict,
);
