// Settings of the metrics that edge and api serve.
import { Type } from 'typebox';
import { perProcess, strict } from '../fields.ts';

export const metrics = Type.Object(
  {
    key: Type.String({
      default: '',
      env: 'DANMUX_METRICS_KEY',
      secret: true,
      description:
        'Key with which an edge or api answers /metrics on its own port, at least 32 characters, sent as `Authorization: Bearer KEY`. In production these roles answer /metrics only with this key or on metrics.port; in other environments they answer everyone while this is empty.',
    }),
    port: Type.Integer({
      ...perProcess,
      minimum: 0,
      maximum: 65_535,
      default: 0,
      env: 'DANMUX_METRICS_PORT',
      description:
        'Additional port on which an edge or api answers /metrics, /healthz and /readyz without a key, for a private network; 0 opens none. ecosystem.config.js gives further edges the following ports. Relays and workers answer on their own ports.',
    }),
  },
  { ...strict, compared: ['edge', 'api'], comparison: 'per_role' },
);
