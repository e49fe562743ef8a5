// Sends the requests of operator commands to a running admin API. A refusal ends the command with one line that says why.
import { randomUUID } from 'node:crypto';
import { type Config, ConfigError, toJson } from '@danmux/runtime';

/** Resolves with the body of a 2xx answer. Rejects with a ConfigError, which has a readable message, for any other answer or none within 10 s. */
export async function askApi(
  config: Config,
  method: 'GET' | 'POST',
  path: string,
  { url, body }: { url?: string | undefined; body?: object } = {},
): Promise<string> {
  if (!config.api.key) throw new ConfigError('the command needs api.key to call the api: set DANMUX_API_KEY.');
  const base = url ?? `http://${config.public_host || config.host}:${config.api.port}`;
  const headers = { authorization: `Bearer ${config.api.key}`, ...(body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}) };
  const { ok, status, text } = await ask(base + path, { method, headers, ...(body ? { body: toJson(body) } : {}) }).catch((error: unknown) => {
    throw new ConfigError(`the api does not answer at ${base}: is it running? (danmux start)`, { cause: error });
  });
  if (!ok) throw new ConfigError(`the api refused with ${status}: ${reasonIn(text)}`);
  return text;
}

/** Sends the request and reads the body. The time limit covers both, because a connection may also stall in the middle of the body. */
async function ask(url: string, request: RequestInit): Promise<{ ok: boolean; status: number; text: string }> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
  return { ok: response.ok, status: response.status, text: await response.text() };
}

/** Code and detail of a problem, such as `unavailable: The message store cannot be reached; nothing was accepted.`; any other body as it is. */
function reasonIn(text: string): string {
  try {
    const { code, detail } = JSON.parse(text) as { readonly code?: unknown; readonly detail?: unknown };
    if (typeof code === 'string' && typeof detail === 'string') return `${code}: ${detail}`;
  } catch {
    // The answer is not JSON: a proxy may have sent it.
  }
  return text.replaceAll(/\s+/g, ' ').slice(0, 300);
}
