// Pages that are written by hand, with parts that are made from code between two marks.

/** `page` with `text` between the marks of the part; throws when the page has lost them. */
export function withPart(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: written by \`npm run docs\` -->\n`, `<!-- /${name} -->`];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has lost the marks of its part "${name}"`);
  return `${before}${begin}${text}${end}${after}`;
}

/** What stands between the marks of the part; '' when there are none. */
export function partOf(page: string, name: string): string {
  return page.split(`<!-- ${name}: written by \`npm run docs\` -->\n`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';
}
