// Parses JSON bodies: refuses encodings other than UTF-8, deep nesting and forbidden field names, and keeps all digits of numbers.
// validation.ts checks schemas.
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
    // Some clients send a content type without a body; that is accepted on routes that require no body.
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

/** Like `parseJsonBody`, for JSON in a string field of a body, such as the data of a Pusher event. */
export function parseJsonData(text: string): unknown {
  return parsed(Buffer.from(text), parseData);
}

function parsed(body: Buffer, parse: typeof parseData): unknown {
  // Invalid UTF-8 would decode to replacement characters (U+FFFD), which viewers would see.
  if (!isUtf8(body)) throw new DanmuxError('invalid_json', { message: 'The body is not UTF-8.' });
  const text = body.toString('utf8');
  // RFC 8259 forbids senders to add a byte order mark. Accepting one would hide a fault for which other JSON parsers refuse the text.
  if (text.startsWith('\ufeff')) throw new DanmuxError('invalid_json', { message: 'The body begins with a byte order mark (U+FEFF); send JSON without it.' });
  // `JSON.parse` recurses: ten thousand brackets would overflow the stack and end as an internal error.
  if (depthOf(body) > deepestJson) throw new DanmuxError('invalid_json', { message: `The body nests deeper than ${deepestJson} levels.` });
  try {
    if (mayContainForbiddenName.test(text)) JSON.parse(text, refuseForbiddenName);
    return parse(text, { check: (value) => checkJson(value, 'body') });
  } catch (error) {
    if (error instanceof DanmuxError) throw error;
    throw new DanmuxError('invalid_json', { message: `The body is not valid JSON: ${(error as Error).message}`, cause: error });
  }
}

/**
 * Matches text that may contain a forbidden field name, escaped or not. Only such text is parsed with the reviver, because a reviver makes
 * parsing ten times as slow.
 */
const mayContainForbiddenName = /__proto__|\\u00(?:00|5f|6f|7[024])/i;

/**
 * A reviver that refuses two kinds of field name: `__proto__` could pollute prototypes where objects are copied, and PHP cannot decode names
 * that begin with U+0000.
 */
function refuseForbiddenName(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new DanmuxError('invalid_json', { message: 'The body has a field named __proto__.' });
  if (key.startsWith('\0')) throw new DanmuxError('invalid_json', { message: 'The body has a field whose name begins with U+0000.' });
  return value;
}

/** Returns the deepest nesting. Scanning bytes is safe: in UTF-8 no byte of a multi-byte character equals a bracket, a quote or a backslash. */
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
