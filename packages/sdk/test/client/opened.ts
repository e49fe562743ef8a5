// A fixture: opens edges and clients for a test, and closes them after it, clients first.
import { afterEach } from 'node:test';
import { type EdgeFixture, startEdge } from '@danmux/testkit/edge-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import type { Client } from '../../src/index.ts';

let edges: EdgeFixture[] = [];
const clients: Client[] = [];

// Declared before the owner of the edges: a client is closed before its edge and does not reconnect.
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  edges = [];
});
const owner = ownerOf(afterEach);

/** Opens an edge on the bus of the test's first edge, or on the given bus. */
export async function openEdge(set: Readonly<Record<string, unknown>> = {}, bus: EdgeFixture['bus'] | undefined = edges[0]?.bus): Promise<EdgeFixture> {
  const made = await startEdge(owner, { 'edge.drain_ms': 50, ...set }, bus);
  edges.push(made);
  return made;
}

export function closesAfter<T extends Client>(client: T): T {
  clients.push(client);
  return client;
}
