// Parses JSON bodies: UTF-8 only, of bounded depth, without `__proto__`; numbers keep their digits. Schemas are checked in validation.ts.
import { isUtf8 } from 'node:buffer';
import { DanmuxError } from '@danmux/protocol';
import { checkJson, deepestJson, parseData, parseRequest } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

export function addJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // The body of a DELETE has no meaning (RFC 9110) and is ignored, whatever its type.
  app.addHook('onRequest', async ({ method, raw }) => {
    if (method === 'DELETE') delete raw.headers['content-type'];
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, _body, done) => {
    if (request.method === 'DELETE') done(null, undefined);
    else done(new DanmuxError('unsupported_media_type'));
  });
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Some clients send a content type without a body.
    if (request.method === 'DELETE' || (body.length === 0 && !request.routeOptions.schema?.body)) return done(null, undefined);
    try {
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Throws `invalid_json` with the reason, or `invalid_request` for a number out of range. */
export function parseJsonBody(body: Buffer): unknown {
  return parsed(body, parseRequest);
}

/** For JSON inside a body: a message's data as text. */
export function parseJsonData(text: string): unknown {
  return parsed(Buffer.from(text), parseData);
}

function parsed(body: Buffer, parse: typeof parseData): unknown {
  // Other encodings would decode to replacement characters, which would be stored and shown.
  if (!isUtf8(body)) throw new DanmuxError('invalid_json', { message: 'The body is not UTF-8.' });
  const text = body.toString('utf8');
  // A recursive parser would turn ten thousand brackets into an internal error.
  if (depthOf(body) > deepestJson) throw new DanmuxError('invalid_json', { message: `The body nests deeper than ${deepestJson} levels.` });
  try {
    if (mayContainName.test(text)) JSON.parse(text, refuseName);
    return parse(text, { check: (value) => checkJson(value, 'body') });
  } catch (error) {
    if (error instanceof DanmuxError) throw error;
    throw new DanmuxError('invalid_json', { message: `The body is not valid JSON: ${(error as Error).message}`, cause: error });
  }
}

/** Detects a forbidden name, also with escapes. A check of every field of a batch takes ten times as long as parsing it. */
const mayContainName = /__proto__|\\u00(?:00|5f|6f|7[024])/i;

/** A `__proto__` field would reach code that copies objects; PHP objects cannot have fields that begin with U+0000. */
function refuseName(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new DanmuxError('invalid_json', { message: 'The body has a field named __proto__.' });
  if (key.startsWith('\0')) throw new DanmuxError('invalid_json', { message: 'The body has a field whose name begins with U+0000.' });
  return value;
}

/** In UTF-8 no byte of a multi-byte character equals a bracket. */
function depthOf(body: Buffer): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const char = body[i];
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) most = Math.max(most, ++depth);
    else if (char === 0x7d || char === 0x5d) depth--;
  }
  return most;
}
