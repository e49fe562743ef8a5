// Parses a body as JSON of bounded depth: a parser that recurses would turn ten thousand brackets into a failure of ours.
import { DanmuxError } from '@danmux/protocol';

const deepest = 32;

export function parseBoundedJson(text: string): unknown {
  if (depthOf(text) > deepest) throw new DanmuxError('invalid_json', { message: `The body nests deeper than ${deepest} levels.` });
  const value: unknown = JSON.parse(text, dropProto);
  return value;
}

/** An own `__proto__` would reach code that copies objects. */
function dropProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new DanmuxError('invalid_json', { message: 'The body has a field named __proto__.' });
  return value;
}

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) most = Math.max(most, ++depth);
    else if (char === 0x7d || char === 0x5d) depth--;
  }
  return most;
}
