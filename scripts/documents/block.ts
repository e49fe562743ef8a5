// A code block of a Markdown page: its place, its language and its text. Reads fenced and indented blocks; it neither runs nor judges them.

export interface Block {
  /** Path of the page from the root of the repository. */
  readonly file: string;
  /** Number of the first line of the text. */
  readonly line: number;
  /** The first word after the fence; empty when there is none. */
  readonly language: string;
  readonly text: string;
}

/** The first line, by which the tables of this folder name a block. */
export const firstLine = ({ text }: Block): string => text.slice(0, text.indexOf('\n'));

export const nameOf = (block: Block): string => `${block.file}:${block.line} ${firstLine(block)}`;

export function blocksIn(file: string, page: string): Block[] {
  const blocks: Block[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const fence = /^( *)(`{3,}|~{3,})\s*([\w-]*)/.exec(lines[at] ?? '');
    if (!fence && !isIndented(lines, at)) continue;
    const start = fence ? at + 1 : at;
    const end = fence ? endOfFence(lines, start, fence[2] ?? '') : endOfIndented(lines, start);
    const text = lines.slice(start, end).map((line) => line.slice(fence ? (fence[1]?.length ?? 0) : 4));
    at = fence ? end : end - 1;
    blocks.push({ file, line: start + 1, language: fence?.[3] ?? '', text: `${text.join('\n').trimEnd()}\n` });
  }
  return blocks;
}

function endOfFence(lines: readonly string[], start: number, fence: string): number {
  const end = lines.findIndex((line, at) => at >= start && line.trim() === fence);
  return end < 0 ? lines.length : end;
}

/** Four spaces after an empty line, outside a list. */
function isIndented(lines: readonly string[], at: number): boolean {
  if (!/^ {4}\S/.test(lines[at] ?? '') || (lines[at - 1] ?? '').trim() !== '') return false;
  const before = lines.slice(0, at).findLast((line) => line.trim() !== '' && !line.startsWith(' '));
  return !/^([-*+]|\d+\.) /.test(before ?? '');
}

function endOfIndented(lines: readonly string[], start: number): number {
  const end = lines.findIndex((line, at) => at > start && line.trim() !== '' && !line.startsWith('    '));
  return end < 0 ? lines.length : end;
}

/** The commands of a shell block: without comment lines, and with the continuation lines of each. */
export function commandsOf(text: string): string[] {
  const joined = text.replace(/(\\|\|)\n/g, '$1\u0000');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
    .map((line) => line.replaceAll('\u0000', '\n'));
}

/** Commands in the running text of a page, such as `npx danmux nodes`, each once. */
export function inlineCommands(page: string): string[] {
  const prose = page.replace(/^ *(`{3,})[^`]*?\n[\s\S]*?^ *\1$/gm, '');
  return [...new Set([...prose.matchAll(/`((?:npm|npx|node|php|python3|danmux) [^`]+)`/g)].map(([, command]) => command ?? ''))];
}
