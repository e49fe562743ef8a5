// Sections of docs/performance.md that other benchmarks write, each between two marks. The load test's report leaves them unchanged.

export function sectionOf(name: string, text: string): string {
  return `<!-- ${name} -->\n${text}\n<!-- /${name} -->`;
}

/** Returns the section with its marks; undefined when the page has none. */
export function keptSection(page: string, name: string): string | undefined {
  const [from, to] = [page.indexOf(`<!-- ${name} -->`), page.indexOf(`<!-- /${name} -->`)];
  return from >= 0 && to > from ? page.slice(from, to + `<!-- /${name} -->`.length) : undefined;
}
