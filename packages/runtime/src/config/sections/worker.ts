// Work off the hot path: receipts, broadcasts, jobs and the archive.
import { Type } from 'typebox';
import { count, ms, port, strict } from '../fields.ts';

export const receipts = Type.Object(
  {
    timeout_ms: ms(5_000, 'A viewer that did not say for so long that it has a message is counted as missing it.'),
    kept_ms: ms(86_400_000, 'How long the counts of a message are kept.'),
  },
  strict,
);

export const broadcasts = Type.Object(
  {
    viewers_per_second: count(100_000, 'Broadcasts, all together, reach rooms of so many viewers a second, so that a million of them do not spike.'),
    rooms_per_second: count(500, 'Rooms that broadcasts, all together, reach a second at most.'),
  },
  strict,
);

export const jobs = Type.Object(
  {
    kept_ms: ms(86_400_000, 'How long a job that is done can be asked for; dead letters are kept until retried or ten times as long.'),
    concurrency: count(8, 'Jobs one worker runs at once.'),
    lock_ms: ms(10_000, 'A job whose worker was not heard of for so long is run by another.'),
  },
  strict,
);

export const archive = Type.Object(
  {
    dir: Type.String({
      default: '',
      env: 'DANMUX_ARCHIVE_DIR',
      description: 'Folder where workers write every sent message, one JSON line each, a file a room and day; empty writes none.',
    }),
  },
  strict,
);

export const worker = Type.Object(
  {
    port: port(7650, 'DANMUX_WORKER_PORT', 'Health and metrics of a worker that runs alone.'),
    sweep_interval_ms: ms(10_000, 'How often the rows of edges that are gone are removed.'),
  },
  strict,
);
