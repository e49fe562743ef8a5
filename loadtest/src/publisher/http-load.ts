// Autocannon as the load of the admin API: posts bodies that are made anew for each request, and keeps every answer's time. Its
// connections each send their share of a second one after the other, from the second's beginning: a rate comes in bursts.
import autocannon from 'autocannon';

export interface HttpLoad {
  readonly url: string;
  readonly key: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second of all connections together; undefined: as many as are answered. */
  readonly rate?: number;
  next(): { readonly path: string; readonly body: string };
}

export interface HttpLoadResult {
  readonly seconds: number;
  readonly answered: number;
  /** Answers that were not 2xx, by status; `error` of requests without one. */
  readonly failed: Readonly<Record<string, number>>;
  /** Milliseconds from the request to its whole answer, of the 2xx. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export async function runHttpLoad({ url, key, connections, seconds, rate, next }: HttpLoad): Promise<HttpLoadResult> {
  const times: number[] = [];
  const failed: Record<string, number> = {};
  const startedAt = performance.now();
  const running = autocannon({
    url,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    requests: [{ setupRequest: (request) => ({ ...request, ...next() }) }],
  });
  // The promise's type hides that it is the running load too.
  const load = running as unknown as autocannon.Instance;
  load.on('response', (_client, status, _bytes, ms) => {
    if (status >= 200 && status < 300) times.push(ms);
    else failed[status] = (failed[status] ?? 0) + 1;
  });
  const { errors } = await running;
  if (errors > 0) failed['error'] = errors;
  const measured = (performance.now() - startedAt) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { seconds: measured, answered: times.length, failed, p50: at(0.5), p99: at(0.99), max: at(1) };
}
