// Who may connect as a viewer.
import { Type } from 'typebox';
import { strict } from '../fields.ts';

export const viewer = Type.Object(
  {
    token_secret: Type.String({
      default: '',
      env: 'DANMUX_TOKEN_SECRET',
      secret: true,
      description: 'Signs viewer tokens (HS256), at least 32 characters. Made at the first start in development; required in production.',
    }),
    allow_guests: Type.Boolean({
      default: false,
      env: 'DANMUX_ALLOW_GUESTS',
      description: 'A viewer without a token may watch every room, and send nothing.',
    }),
    token_issuer: Type.String({ default: '', description: 'When set, the `iss` every token must carry.' }),
    token_audience: Type.String({ default: '', description: 'When set, the `aud` every token must carry.' }),
  },
  strict,
);
