// Reads one metric from the /metrics page of a process.

type Labels = Readonly<Record<string, string>>;

/** The sum of all samples of the metric that have the given labels; undefined when there are none. */
export function metricIn(text: string, name: string, labels: Labels = {}): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum: number | undefined;
  for (const line of text.split('\n')) {
    const row = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (row?.[1] === name && wanted.every((label) => row[2]?.split(',').includes(label))) sum = (sum ?? 0) + Number(row[3]);
  }
  return sum;
}

/** Like `metricIn`, for the page `url`/metrics; returns 0 when there are no samples. */
export async function metricOf(url: string, name: string, labels: Labels = {}): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
  return metricIn(text, name, labels) ?? 0;
}
