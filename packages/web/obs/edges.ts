// Edge addresses of the page: from its URL, else from the gateway, else (in development) from the demo page.
import type { ClientOptions } from '@danmux/sdk';

/** Undefined: no edge is known. */
export async function edgesOf(room: string, urls: readonly string[]): Promise<Pick<ClientOptions, 'url' | 'gateway'> | undefined> {
  if (urls.length > 0) return { url: urls };
  const gateway = new URL(`/v1/gateway?room=${encodeURIComponent(room)}`, location.href).href;
  const answer = await fetch(gateway);
  // The client asks the gateway again when it has no edge at the moment.
  if (answer.ok || answer.status === 429 || answer.status >= 500) return { gateway };
  const demo = await fetch('/demo/config.json');
  return demo.ok ? { url: ((await demo.json()) as { edges: string[] }).edges } : undefined;
}
