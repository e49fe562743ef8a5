// A job's data as BullMQ keeps it, which writes it with JSON.stringify: what would lose digits there is kept as its text.
import { parseJson, toJson } from '@danmux/runtime';

interface PackedData {
  readonly json: string;
}

export function packedData(data: object): object {
  const json = toJson(data);
  return json === JSON.stringify(data) ? data : ({ json } satisfies PackedData);
}

export function unpackedData(kept: object): object {
  return isPacked(kept) ? (parseJson(kept.json) as object) : kept;
}

/** No job has this field alone. */
function isPacked(kept: object): kept is PackedData {
  return Object.keys(kept).join() === 'json' && typeof (kept as PackedData).json === 'string';
}
