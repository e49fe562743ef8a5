// Reads one metric out of Prometheus text.

/** The sum of the series of `name` whose labels hold `label`; undefined when there is none. */
export function metricIn(text: string, name: string, label = ''): number | undefined {
  const values = text.split('\n').flatMap((line) => {
    const [, found, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return found === name && labels.includes(label) ? [Number(value)] : [];
  });
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
