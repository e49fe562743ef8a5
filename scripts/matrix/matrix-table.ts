// Formats the rows of the matrix as a table, and decides which rows are good: everything due arrived, every chat was sent, and the client
// came back in time.
import type { MatrixRow } from './run-matrix.ts';

/**
 * A stock client reconnects 1 to 5 s after the connection closed. The socket.io client for Go over WebSocket (zishang520, 3.0.6) adds 20 s when its
 * first attempt is refused: it reports the failure before its own listener is there, and waits for its timeout. A client that did not notice the
 * close takes 40 s, until its ping timeout, and must fail.
 */
const longestBackS = 30;
/** Chats that a client sends after its two joins. */
const chats = 6;

export function isGood({ due, got, sent, backS }: MatrixRow): boolean {
  return got === due && sent === chats && backS !== undefined && backS <= longestBackS;
}

export function tableOf(rows: readonly MatrixRow[]): string[] {
  const head = ['client', 'version', 'extension offered', 'answered', 'due', 'got', 'chats', 'back after restart in s', ''];
  const lines = rows.map((row) => [
    ...[row.client, row.version, row.offered, row.answered, String(row.due), String(row.got), `${row.sent} of ${chats}`],
    ...[row.backS?.toFixed(1) ?? 'never', isGood(row) ? 'ok' : 'BAD'],
  ]);
  return aligned([head, ...lines]);
}

/** Pads the cells of each column to the same width. The first line is the head. */
export function aligned(all: readonly (readonly string[])[]): string[] {
  const [head = []] = all;
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
