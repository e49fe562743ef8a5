// Where the page connects to: the addresses it was given, else those the gateway names, else (in development) those of the demo page.
import type { ClientOptions } from '@danmux/sdk';

/** Undefined: nobody here knows an edge. */
export async function edgesOf(room: string, urls: readonly string[]): Promise<Pick<ClientOptions, 'url' | 'gateway'> | undefined> {
  if (urls.length > 0) return { url: urls };
  const gateway = new URL(`/v1/gateway?room=${encodeURIComponent(room)}`, location.href).href;
  const answer = await fetch(gateway);
  // A gateway that has no edge just now is asked again by the client.
  if (answer.ok || answer.status === 429 || answer.status >= 500) return { gateway };
  const demo = await fetch('/demo/config.json');
  return demo.ok ? { url: ((await demo.json()) as { edges: string[] }).edges } : undefined;
}
