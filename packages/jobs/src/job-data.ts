// Converts job data for BullMQ, which stores it with JSON.stringify. Data whose numbers would lose digits that way is stored as JSON text.
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

/** True for data stored as JSON text. No kind of job has `json` as its only field. */
function isPacked(kept: object): kept is PackedData {
  return Object.keys(kept).join() === 'json' && typeof (kept as PackedData).json === 'string';
}
