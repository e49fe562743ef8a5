// Reads a body as JSON: UTF-8 only, of bounded depth, with no `__proto__` in it; numbers keep their digits. It knows no schema; validation.ts does.
import { isUtf8 } from 'node:buffer';
import { DanmuxError } from '@danmux/protocol';
import { checkJson, deepestJson, parseData, parseRequest } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

export function addJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // What a DELETE brings besides means nothing (RFC 9110), and is nothing to refuse it for; nor is a type that is none.
  app.addHook('onRequest', async ({ method, raw }) => {
    if (method === 'DELETE') delete raw.headers['content-type'];
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, _body, done) => {
    if (request.method === 'DELETE') done(null, undefined);
    else done(new DanmuxError('unsupported_media_type'));
  });
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Clients name the type of a body that is not there, of requests that want none.
    if (request.method === 'DELETE' || (body.length === 0 && !request.routeOptions.schema?.body)) return done(null, undefined);
    try {
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Throws `invalid_json`, saying what is wrong with the text, or `invalid_request` for a number that no reader could read. */
export function parseJsonBody(body: Buffer): unknown {
  return parsed(body, parseRequest);
}

/** The same for a body inside a body: a message's data as text. */
export function parseJsonData(text: string): unknown {
  return parsed(Buffer.from(text), parseData);
}

function parsed(body: Buffer, parse: typeof parseData): unknown {
  // A body in another encoding would decode into replacement characters, and be stored and shown like that.
  if (!isUtf8(body)) throw new DanmuxError('invalid_json', { message: 'The body is not UTF-8.' });
  const text = body.toString('utf8');
  // A parser that recurses would turn ten thousand brackets into a failure of ours.
  if (depthOf(body) > deepestJson) throw new DanmuxError('invalid_json', { message: `The body nests deeper than ${deepestJson} levels.` });
  try {
    if (mayHoldName.test(text)) JSON.parse(text, refuseName);
    return parse(text, { check: (value) => checkJson(value, 'body') });
  } catch (error) {
    if (error instanceof DanmuxError) throw error;
    throw new DanmuxError('invalid_json', { message: `The body is not valid JSON: ${(error as Error).message}`, cause: error });
  }
}

/** A name that is refused, or a letter of it written as an escape. To look at every field of a batch takes ten times as long as to read it. */
const mayHoldName = /__proto__|\\u00(?:00|5f|6f|7[024])/i;

/** An own `__proto__` would reach code that copies objects; PHP's objects have no field that begins with U+0000. */
function refuseName(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new DanmuxError('invalid_json', { message: 'The body has a field named __proto__.' });
  if (key.startsWith('\0')) throw new DanmuxError('invalid_json', { message: 'The body has a field whose name begins with U+0000.' });
  return value;
}

/** Of UTF-8: no byte of a longer character looks like a bracket. */
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
