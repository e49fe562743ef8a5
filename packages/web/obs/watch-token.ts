// Gets viewer tokens with the watch key of the page's address, from POST /v1/tokens/watch of the server that served the page.

/** The server refuses the key: it was deleted, rotated or has expired, or it is no watch key. A retry cannot help. */
export class KeyRefused extends Error {}

const answerMs = 8_000;

/** Resolves with a token and the room of the key; rejects with KeyRefused, or with another error when the server gave no answer or is busy. */
export async function watchToken(key: string): Promise<{ readonly token: string; readonly room: string }> {
  // Other characters cannot be in a header.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new KeyRefused('It contains characters that no key has.');
  const answer = await fetch('../v1/tokens/watch', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{}',
    cache: 'no-store',
    credentials: 'omit',
    signal: AbortSignal.timeout(answerMs),
  });
  if (answer.ok) return (await answer.json()) as { token: string; room: string };
  const { detail = '' } = (await answer.json().catch(() => ({}))) as { detail?: string };
  if (answer.status < 500 && answer.status !== 429) throw new KeyRefused(detail || `The server answered ${answer.status}.`);
  throw new Error(`the server answered ${answer.status}`);
}
