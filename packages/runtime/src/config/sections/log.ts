// Settings of the process log.
import { Type } from 'typebox';
import { perProcess, strict } from '../fields.ts';

export const log = Type.Object(
  {
    level: Type.Union(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
      { default: 'info', env: 'DANMUX_LOG_LEVEL', description: 'Lowest level that is logged.' },
    ),
    pretty: Type.Boolean({ default: false, env: 'DANMUX_LOG_PRETTY', description: 'Human-readable lines instead of JSON.' }),
    buffer_bytes: Type.Integer({
      minimum: 4_096,
      default: 1_048_576,
      unit: 'bytes',
      description: 'Size of the buffer for log lines not yet written; when it is full, lines are dropped and counted.',
    }),
  },
  { ...strict, ...perProcess },
);
