// One number of a process's own /metrics page.

/** The sum over all label sets that carry `labels`; 0 when there is no such row. */
export async function metricOf(url: string, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum = 0;
  for (const line of text.split('\n')) {
    const row = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (row?.[1] === name && wanted.every((label) => row[2]?.split(',').includes(label))) sum += Number(row[3]);
  }
  return sum;
}
