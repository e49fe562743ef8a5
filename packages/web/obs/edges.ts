// Finds the edges for the page: addresses in its URL, otherwise the gateway, otherwise (in development) the configuration of the demo page.
import type { ClientOptions } from '@danmux/sdk';

/** Resolves with undefined when no edge is known; rejects when the server is unreachable. */
export async function edgesOf(room: string, urls: readonly string[]): Promise<Pick<ClientOptions, 'url' | 'gateway'> | undefined> {
  if (urls.length > 0) return { url: urls };
  const gateway = new URL(`../v1/gateway?room=${encodeURIComponent(room)}`, location.href).href;
  const answer = await fetch(gateway);
  // A 429 or 5xx means that the gateway exists but has no list at the moment. The client gets its address also then, because the client requests
  // the list again.
  if (answer.ok || answer.status === 429 || answer.status >= 500) return { gateway };
  const demo = await fetch('../demo/config.json');
  return demo.ok ? { url: ((await demo.json()) as { edges: string[] }).edges } : undefined;
}
