// Reads the body of a request as raw bytes, for signatures that are checked before parsing, and returns it to Fastify as a stream.
import { Readable } from 'node:stream';
import { DanmuxError } from '@danmux/protocol';
import type { FastifyRequest } from 'fastify';

/** Throws `too_large` above the body limit of the route, and `invalid_request` when the connection ends before the body does. */
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
    throw new DanmuxError('invalid_request', { message: 'The connection ended before the body was complete.', cause: error });
  }
  if (size > bodyLimit) throw new DanmuxError('too_large');
  return Buffer.concat(chunks);
}

export function streamOf(body: Buffer): Readable {
  return Readable.from(body.length === 0 ? [] : [body]);
}
