// The form in which the answer to an Idempotency-Key rests in the store: the ids that the key itself makes are written as their
// index, and what is then long is deflated. A keyed batch of 1,000 messages rests in less than 1 KB instead of 90. It keeps nothing.
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { limits } from '@danmux/protocol';

/** The id of the `index`-th message of the request. */
export type IdOf = (index: number) => string;

/** Shorter texts gain nothing by deflate. */
const deflatedFrom = 512;
/** First character of a deflated text; JSON and sealed answers never begin with it. */
const deflatedMark = '~';
/** Form of the ids a key makes. */
const derivedForm = /k-[0-9a-f]{32}/g;
/** An index between two control characters, which JSON text cannot contain; none for the one after the last. */
const mark = String.fromCharCode(1);
const indexForm = new RegExp(`${mark}(\\d*)${mark}`, 'g');

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** `answer` is JSON text; `idOf` makes the same ids when it is unpacked. */
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

/** The answer as it was packed; also one that an older version kept as plain JSON. Rejects when the text was cut. */
export async function unpackAnswer(packed: string, idOf: IdOf): Promise<string> {
  const text = packed.startsWith(deflatedMark) ? (await inflate(Buffer.from(packed.slice(1), 'base64'))).toString('utf8') : packed;
  let last = -1;
  return text.replace(indexForm, (_, index: string) => {
    last = index === '' ? last + 1 : Number(index);
    return idOf(last);
  });
}

/** Finds the index of an id. Ids come in the order of their indexes, so most are found at the first look. */
function derivedIndexes(idOf: IdOf): (id: string) => number | undefined {
  const known = new Map<string, number>();
  return (id) => {
    while (!known.has(id) && known.size < limits.batch) known.set(idOf(known.size), known.size);
    return known.get(id);
  };
}
