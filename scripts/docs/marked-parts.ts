// Hand-written pages with generated parts, each between two comment marks.

/** Returns `page` with `text` between the marks of the part; throws when the page lacks the marks. */
export function withPart(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: written by \`npm run docs\` -->\n`, `<!-- /${name} -->`];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page lacks the marks of its part "${name}"`);
  return `${before}${begin}${text}${end}${after}`;
}

/** Returns the text between the marks of the part; '' when there are none. */
export function partOf(page: string, name: string): string {
  return page.split(`<!-- ${name}: written by \`npm run docs\` -->\n`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';
}
