// Helpers that most scenarios use: a viewer token signed with the test secret, and a backend client for a cluster.
import { signViewerToken } from '@danmux/runtime';
import { Backend } from './backend.ts';
import { testSecrets } from './node-process.ts';
import type { ProcessCluster } from './process-cluster.ts';

/** A token valid for one hour, and for every room unless `claims` restricts it. */
export async function testToken(user: string, claims: { name?: string; rooms?: string[]; level?: number } = {}): Promise<string> {
  const config = { token_secret: testSecrets.DANMUX_TOKEN_SECRET, token_issuer: '', token_audience: '' };
  return (await signViewerToken(config, { sub: user, ...claims }, 3_600, Date.now())).token;
}

export function backendOf(cluster: ProcessCluster, timeoutMs?: number): Backend {
  const [api] = cluster.of('api');
  if (!api) throw new Error('the cluster has no api');
  return new Backend(api.url, testSecrets.DANMUX_API_KEY, timeoutMs);
}

export function edgeUrls(cluster: ProcessCluster): string[] {
  return cluster.of('edge').map(({ url }) => url);
}
