// Loads the config of a command, with the global options --config and --set. A wrong setting ends the command with one line
// instead of a stack trace.
import { existsSync } from 'node:fs';
import { parseRedisUrl, sentinelOptions, serverOptions } from '@danmux/bus/redis';
import { type Config, ConfigError, type LoadedConfig, loadConfig } from '@danmux/runtime';
import type { Command } from 'commander';

interface GlobalOptions {
  readonly config?: string;
  readonly set?: readonly string[];
}

/** Throws a ConfigError that names the wrong setting. */
export function loadForCommand(command: Command): LoadedConfig {
  const { config, set = [] } = command.optsWithGlobals<GlobalOptions>();
  // A misspelt folder must not fall back to the defaults.
  if (config !== undefined && !existsSync(config)) throw new ConfigError(`--config: there is no folder ${config}.`);
  const loaded = loadConfig({ ...(config === undefined ? {} : { dir: config }), set: Object.fromEntries(set.map(parseSetting)) });
  checkRedisUrl(loaded.config);
  return loaded;
}

/** The schema checks redis.url as text only, because only the bus can parse it. It also reads the PEM files, to report a wrong path now. */
function checkRedisUrl({ redis }: Config): void {
  if (!redis.url) return;
  try {
    const target = parseRedisUrl(redis.url);
    serverOptions(target, redis);
    if (target.mode === 'sentinel') sentinelOptions(target, redis);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError((error as Error).message, { cause: error });
  }
}

function parseSetting(text: string): [path: string, value: unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new ConfigError(`--set takes path=value, such as edge.port=7701; got "${text}".`);
  return [text.slice(0, at), parseValue(text.slice(at + 1))];
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The value is not JSON, so it is a string.
    return text;
  }
}
