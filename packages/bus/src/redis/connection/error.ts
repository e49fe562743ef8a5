// Maps a failed Redis command to a DanmuxError: `unavailable` when a retry may succeed, `internal` when danmux sent something wrong.
import { DanmuxError } from '@danmux/protocol';
import { ReplyError } from 'ioredis';
import { refusalOf } from './refusal.ts';

const transient = /^(TRYAGAIN|MOVED|ASK|UNBLOCKED)/;

export function busError(error: unknown): DanmuxError {
  if (error instanceof DanmuxError) return error;
  if (error instanceof ReplyError && !refusalOf(error) && !transient.test((error as Error).message)) return new DanmuxError('internal', { cause: error });
  return new DanmuxError('unavailable', { cause: error, retryAfterMs: 1_000 });
}
