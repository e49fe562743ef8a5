// Settings of background work: receipts, broadcasts, jobs and the archive.
import { Type } from 'typebox';
import { compared, count, ms, port, strict } from '../fields.ts';

export const receipts = Type.Object(
  {
    timeout_ms: ms(5_000, 'A viewer that does not confirm a message within this time is counted as missing it.'),
    kept_ms: ms(86_400_000, 'How long the receipt counts of a message are kept.'),
  },
  { ...strict, compared: ['edge', 'api', 'worker'] },
);

export const broadcasts = Type.Object(
  {
    viewers_per_second: count(
      100_000,
      'Rate limit over all broadcasts, in viewers reached per second, to avoid a load spike from a broadcast to very many viewers.',
    ),
    rooms_per_second: count(500, 'Rate limit over all broadcasts, in rooms per second.'),
  },
  { ...strict, compared: ['worker'] },
);

export const jobs = Type.Object(
  {
    kept_ms: ms(86_400_000, 'How long a finished job can be queried; failed jobs are kept until retried, at most ten times as long.'),
    concurrency: compared(count(8, 'Concurrent jobs of one worker.'), []),
    lock_ms: compared(ms(10_000, 'Lock TTL of a running job; if its worker does not renew the lock within this time, another worker runs the job.'), [
      'worker',
    ]),
  },
  { ...strict, compared: ['api', 'worker'] },
);

export const archive = Type.Object(
  {
    dir: Type.String({
      default: '',
      env: 'DANMUX_ARCHIVE_DIR',
      description: 'Folder in which workers archive every sent message as one JSON line, in one file per room and day; empty disables the archive.',
    }),
  },
  { ...strict, compared: ['relay', 'worker'], comparison: 'presence' },
);

export const worker = Type.Object(
  {
    port: port(7650, 'DANMUX_WORKER_PORT', 'Port for health and metrics of a worker that runs in a separate process.'),
    sweep_interval_ms: ms(10_000, 'Interval at which presence entries of stopped edges are removed.'),
  },
  { ...strict, compared: ['worker'] },
);
