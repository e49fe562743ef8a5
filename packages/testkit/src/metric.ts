// One number of a process's own /metrics page.

type Labels = Readonly<Record<string, string>>;

/** The sum over all label sets that carry `labels`; undefined when there is no such row. */
export function metricIn(text: string, name: string, labels: Labels = {}): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum: number | undefined;
  for (const line of text.split('\n')) {
    const row = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (row?.[1] === name && wanted.every((label) => row[2]?.split(',').includes(label))) sum = (sum ?? 0) + Number(row[3]);
  }
  return sum;
}

/** The same of the page of a process; 0 when there is no such row. */
export async function metricOf(url: string, name: string, labels: Labels = {}): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
  return metricIn(text, name, labels) ?? 0;
}
