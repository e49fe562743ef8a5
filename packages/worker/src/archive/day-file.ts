// One file of the archive: the messages of a room on one day, one JSON line each. It is append-only. After a crash it finds the lines
// already written at the end of the file and does not repeat them.
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

/** Number of bytes at the end of a file that are searched for repeated lines; larger than the output of one round. */
const tailBytes = 4_194_304;

/** The path for a room and time. Colons, which Windows does not allow, become `~`, which room names cannot contain. */
export function dayFile(dir: string, room: string, ts: number): string {
  return join(dir, new Date(ts).toISOString().slice(0, 10), `${room.replaceAll(':', '~')}.jsonl`);
}

/** Resolves when the lines are synced to disk. `mayRepeat`: skip lines that the file already has. */
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

/** Truncates an incomplete last line; returns the keys of the messages at the end of the file. */
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
