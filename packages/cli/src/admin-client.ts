// Asks a running api, for the commands of an operator. What it refuses ends the command with one clear line.
import { randomUUID } from 'node:crypto';
import { type Config, ConfigError, toJson } from '@danmux/runtime';

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
  const { ok, status, text } = await ask(base + path, { method, headers, ...(body ? { body: toJson(body) } : {}) }).catch((error: unknown) => {
    throw new ConfigError(`the api does not answer at ${base}: is it running? (danmux start)`, { cause: error });
  });
  if (!ok) throw new ConfigError(`the api refused with ${status}: ${text}`);
  return text;
}

/** The whole answer: it may break off, or never end. */
async function ask(url: string, request: RequestInit): Promise<{ ok: boolean; status: number; text: string }> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
  return { ok: response.ok, status: response.status, text: await response.text() };
}
