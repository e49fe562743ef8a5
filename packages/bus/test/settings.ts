// The settings of this package's tests: the schema's defaults, no files, no log.
import type { ConfigOptions } from '@danmux/runtime';

export function testSettings(set: Readonly<Record<string, unknown>> = {}): ConfigOptions {
  const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32) };
  return { environment: 'test', dir: 'no-such-folder', env: {}, set: { 'log.level': 'silent', ...secrets, ...set } };
}
