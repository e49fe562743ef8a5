// Puts HTTP load on the admin API with autocannon: each request has a new body, and every response time is recorded. At a given rate, an
// autocannon connection sends all its requests of a second in one burst. Therefore each connection is a separate autocannon run, and the
// runs start evenly spread over a second, like the workers of a backend. Responses that arrive before all runs have started do not count.
import autocannon from 'autocannon';

export interface HttpLoad {
  readonly url: string;
  readonly key: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second over all connections; undefined: the next request follows each response. */
  readonly rate?: number;
  next(): { readonly path: string; readonly body: string };
}

export interface HttpLoadResult {
  readonly seconds: number;
  readonly answered: number;
  /** Number of responses other than 2xx by status; `error` counts requests without a response. */
  readonly failed: Readonly<Record<string, number>>;
  /** Milliseconds from the request to the end of a 2xx response. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Time for autocannon to create its runs, which must not count as server time. */
const beginSeconds = 2;

interface Tally {
  readonly times: number[];
  readonly failed: Record<string, number>;
}

export async function runHttpLoad(load: HttpLoad): Promise<HttpLoadResult> {
  const tally: Tally = { times: [], failed: {} };
  const startedAt = performance.now();
  await (load.rate === undefined ? run(load, tally, startedAt) : spread(load, load.rate, tally));
  const seconds = load.rate === undefined ? (performance.now() - startedAt) / 1_000 : load.seconds;
  const times = tally.times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { seconds, answered: times.length, failed: tally.failed, p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function spread(load: HttpLoad, rate: number, tally: Tally): Promise<void> {
  const { connections, seconds } = load;
  const from = performance.now() + beginSeconds * 1_000;
  const longer = seconds + beginSeconds;
  const shares = Array.from({ length: connections }, (_, at) => Math.floor((rate * (at + 1)) / connections) - Math.floor((rate * at) / connections));
  await Promise.all(
    shares.map(async (share, at) => {
      await new Promise((resolve) => setTimeout(resolve, (1_000 * at) / connections));
      if (share > 0) await run({ ...load, connections: 1, rate: share, seconds: longer }, tally, from, from + seconds * 1_000);
    }),
  );
}

async function run(
  { url, key, connections, seconds, rate, next }: HttpLoad,
  { times, failed }: Tally,
  from: number,
  to = Number.POSITIVE_INFINITY,
): Promise<void> {
  const running = autocannon({
    url,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    requests: [{ setupRequest: (request) => ({ ...request, ...next() }) }],
  });
  // The returned promise is also the running instance, which its type hides.
  const load = running as unknown as autocannon.Instance;
  load.on('response', (_client, status, _bytes, ms) => {
    const now = performance.now();
    if (now < from || now > to) return;
    if (status >= 200 && status < 300) times.push(ms);
    else failed[status] = (failed[status] ?? 0) + 1;
  });
  const { errors } = await running;
  if (errors > 0) failed['error'] = (failed['error'] ?? 0) + errors;
}
