// Reads a body as raw bytes, for checks that precede parsing, and passes it on.
import { Readable } from 'node:stream';
import { DanmuxError } from '@danmux/protocol';
import type { FastifyRequest } from 'fastify';

/** Throws `too_large`, or `invalid_request` when the body breaks off. */
export async function readBody({ raw, routeOptions: { bodyLimit } }: FastifyRequest): Promise<Buffer> {
  if (Number(raw.headers['content-length'] ?? 0) > bodyLimit) throw new DanmuxError('too_large');
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of raw as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bodyLimit) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new DanmuxError('invalid_request', { message: 'The body broke off.', cause: error });
  }
  if (size > bodyLimit) throw new DanmuxError('too_large');
  return Buffer.concat(chunks);
}

export function streamOf(body: Buffer): Readable {
  return Readable.from(body.length === 0 ? [] : [body]);
}
