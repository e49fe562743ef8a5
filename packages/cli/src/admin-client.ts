// Asks a running api, for the commands of an operator. What it refuses ends the command with one clear line.
import { randomUUID } from 'node:crypto';
import { type Config, ConfigError } from '@danmux/runtime';

/** The answer's text; throws a ConfigError that a person can read. */
export async function askApi(
  config: Config,
  method: 'GET' | 'POST',
  path: string,
  { url, body }: { url?: string | undefined; body?: object } = {},
): Promise<string> {
  if (!config.api.key) throw new ConfigError('api.key is needed to ask the api: give DANMUX_API_KEY.');
  const base = url ?? `http://${config.public_host || config.host}:${config.api.port}`;
  const headers = { authorization: `Bearer ${config.api.key}`, ...(body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}) };
  const asked = fetch(base + path, { method, headers, signal: AbortSignal.timeout(10_000), ...(body ? { body: JSON.stringify(body) } : {}) });
  const response = await asked.catch((error: unknown) => {
    throw new ConfigError(`the api does not answer at ${base}: is it running? (danmux start)`, { cause: error });
  });
  const text = await response.text();
  if (!response.ok) throw new ConfigError(`the api refused with ${response.status}: ${text}`);
  return text;
}
