// The stored form of the answer to an Idempotency-Key: ids derived from the key are replaced by their index, and long text is
// deflated. A keyed batch of 1,000 messages takes less than 1 KB instead of 90. It stores nothing itself.
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { limits } from '@danmux/protocol';

/** The id of the `index`-th message of the request. */
export type IdOf = (index: number) => string;

/** Deflate does not shrink shorter texts. */
const deflatedFrom = 512;
/** First character of a deflated text; JSON and sealed answers never begin with it. */
const deflatedMark = '~';
/** Form of ids derived from a key. */
const derivedForm = /k-[0-9a-f]{32}/g;
/** An index between two control characters, which JSON text cannot contain; an empty index means the previous one plus one. */
const mark = String.fromCharCode(1);
const indexForm = new RegExp(`${mark}(\\d*)${mark}`, 'g');

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** `answer` is JSON text; unpacking needs an `idOf` that makes the same ids. */
export async function packAnswer(answer: string, idOf: IdOf): Promise<string> {
  const indexOf = derivedIndexes(idOf);
  let last = -1;
  const text = answer.replace(derivedForm, (id) => {
    const index = indexOf(id);
    if (index === undefined) return id;
    const written = index === last + 1 ? '' : index;
    last = index;
    return `${mark}${written}${mark}`;
  });
  if (text.length < deflatedFrom) return text;
  return deflatedMark + (await deflate(text)).toString('base64');
}

/** The original answer; also reads the plain JSON of older versions. Rejects truncated text. */
export async function unpackAnswer(packed: string, idOf: IdOf): Promise<string> {
  const text = packed.startsWith(deflatedMark) ? (await inflate(Buffer.from(packed.slice(1), 'base64'))).toString('utf8') : packed;
  let last = -1;
  return text.replace(indexForm, (_, index: string) => {
    last = index === '' ? last + 1 : Number(index);
    return idOf(last);
  });
}

/** Finds the index of an id. Ids come in the order of their indexes, so most are found at once. */
function derivedIndexes(idOf: IdOf): (id: string) => number | undefined {
  const known = new Map<string, number>();
  return (id) => {
    while (!known.has(id) && known.size < limits.batch) known.set(idOf(known.size), known.size);
    return known.get(id);
  };
}
