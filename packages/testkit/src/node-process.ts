// Starts a danmux process with the built command, configured by environment variables and --set.
import { fileURLToPath } from 'node:url';
import { Child, type ChildOptions } from './child.ts';

/** Secrets long enough for production, the same in every process of a test. */
export const testSecrets = {
  DANMUX_TOKEN_SECRET: 'a-token-secret-for-tests-0123456789abcdef',
  DANMUX_API_KEY: 'an-api-key-for-tests-0123456789abcdef0123',
} as const;

const main = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));
/** An empty config folder, so that only defaults and the given environment apply. */
const noConfig = fileURLToPath(new URL('../no-config/', import.meta.url));

export interface NodeProcessOptions extends Pick<ChildOptions, 'out'> {
  readonly roles: string;
  readonly env: Readonly<Record<string, string>>;
  /** `path=value`, as on the command line. */
  readonly set?: readonly string[];
}

/** Starts the process without waiting; await `ready`. */
export function startNodeProcess(name: string, { roles, env, set = [], ...output }: NodeProcessOptions): Child {
  const settings = set.flatMap((setting) => ['--set', setting]);
  const args = [main, ...settings, 'start', '--role', roles];
  return new Child(name, process.execPath, args, { ...output, ipc: true, env: { NODE_ENV: 'test', DANMUX_CONFIG_DIR: noConfig, ...testSecrets, ...env } });
}
