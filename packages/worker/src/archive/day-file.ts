// One file of the archive: the messages of a room on a day, a JSON line each. It is only appended to; what a worker that died had
// written is found at its end, and is not written again.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toJson } from '@danmux/runtime';

export interface ArchivedMessage {
  readonly id: string;
  readonly lane: string;
  readonly offset?: number;
  readonly ts: number;
  readonly [field: string]: unknown;
}

/** More than one run of the archive ever writes to a file. */
const tailBytes = 4_194_304;

/** `ROOM` without characters that are none of a file name everywhere: colons are `~`, which no room name has. */
export function dayFile(dir: string, room: string, ts: number): string {
  return join(dir, new Date(ts).toISOString().slice(0, 10), `${room.replaceAll(':', '~')}.jsonl`);
}

/** Resolves when the lines are on the disk. `mayRepeat`: some of them may be there already. */
export async function appendMessages(path: string, room: string, msgs: readonly ArchivedMessage[], mayRepeat: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+');
  try {
    const known = mayRepeat ? await repairEnd(file) : new Set<string>();
    const lines = msgs.filter((msg) => !known.has(keyOf(msg))).map((msg) => `${toJson({ room, ...msg })}\n`);
    if (lines.length > 0) await file.appendFile(lines.join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Cuts off a line that was not finished; returns which messages the last lines hold. */
async function repairEnd(file: FileHandle): Promise<Set<string>> {
  const { size } = await file.stat();
  const from = Math.max(0, size - tailBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
  const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
  if (end < bytesRead) await file.truncate(from + end);
  const lines = buffer
    .subarray(0, end)
    .toString()
    .split('\n')
    .slice(from > 0 ? 1 : 0, -1);
  return new Set(lines.map((line) => keyOf(JSON.parse(line) as ArchivedMessage)));
}

function keyOf({ id, lane, offset }: ArchivedMessage): string {
  return `${lane} ${offset ?? ''} ${id}`;
}
