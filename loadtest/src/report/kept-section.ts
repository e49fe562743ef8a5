// Sections of docs/performance.md that another benchmark writes, each between two marks: the load test's report keeps them as they are.

export function sectionOf(name: string, text: string): string {
  return `<!-- ${name} -->\n${text}\n<!-- /${name} -->`;
}

/** With its marks; undefined when the page has none. */
export function keptSection(page: string, name: string): string | undefined {
  const [from, to] = [page.indexOf(`<!-- ${name} -->`), page.indexOf(`<!-- /${name} -->`)];
  return from >= 0 && to > from ? page.slice(from, to + `<!-- /${name} -->`.length) : undefined;
}
