// Identifies the viewer of a new connection by its token. A refused token reaches the client as `connect_error` with an error code in its data.
import { DanmuxError } from '@danmux/protocol';
import type { Runtime, TokenVerifier } from '@danmux/runtime';
import { guestViewer, type Viewer, viewerOf } from '../viewer/viewer.ts';

/** The viewer identified by `handshake.auth`; throws the DanmuxError that `connect_error` reports. */
export async function authenticate(
  { config: { viewer }, counted }: Pick<Runtime, 'config' | 'counted'>,
  tokens: Pick<TokenVerifier, 'verify'>,
  auth: Readonly<Record<string, unknown>>,
): Promise<Viewer> {
  const token = auth['token'];
  if (token === undefined || token === null || token === '') {
    if (viewer.allow_guests) return guestViewer();
    counted.info({ code: 'token_missing' }, 'a viewer sent no token');
    throw new DanmuxError('token_missing');
  }
  if (typeof token !== 'string') throw new DanmuxError('token_invalid', { message: 'auth.token must be text: the signed JWT.' });
  return viewerOf(await tokens.verify(token));
}
