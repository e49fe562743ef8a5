// One danmux process as a person would start it: the built command, settings by environment.
import { fileURLToPath } from 'node:url';
import { Child, type ChildOptions } from './child.ts';

/** Long enough for production, the same in every process of a test. */
export const testSecrets = {
  DANMUX_TOKEN_SECRET: 'a-token-secret-for-tests-0123456789abcdef',
  DANMUX_API_KEY: 'an-api-key-for-tests-0123456789abcdef0123',
} as const;

const main = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));
/** Settings come from the schema and the environment given here only. */
const noConfig = fileURLToPath(new URL('../no-config/', import.meta.url));

export interface NodeProcessOptions extends Pick<ChildOptions, 'out'> {
  readonly roles: string;
  readonly env: Readonly<Record<string, string>>;
  /** `path=value`, as on the command line. */
  readonly set?: readonly string[];
}

/** Started, not yet ready: await `.ready`. */
export function startNodeProcess(name: string, { roles, env, set = [], ...output }: NodeProcessOptions): Child {
  const settings = set.flatMap((setting) => ['--set', setting]);
  const args = [main, ...settings, 'start', '--role', roles];
  return new Child(name, process.execPath, args, { ...output, ipc: true, env: { NODE_ENV: 'test', DANMUX_CONFIG_DIR: noConfig, ...testSecrets, ...env } });
}
