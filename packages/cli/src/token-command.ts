// `danmux token`: signs a viewer token with the configured secret, for development and debugging.
import { limits } from '@danmux/protocol';
import { ConfigError, signViewerToken } from '@danmux/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import { loadForCommand } from './load-for-command.ts';

interface TokenOptions {
  readonly name?: string;
  readonly level?: number;
  readonly room?: readonly string[];
  readonly ttl: number;
}

export function addTokenCommand(program: Command): void {
  program
    .command('token')
    .description('sign a viewer token')
    .argument('<user>', 'user id')
    .option('-n, --name <name>', 'shown to other viewers')
    .option('-l, --level <number>', 'shown to other viewers', wholeNumber)
    .option('--room <rooms...>', 'rooms the viewer may join: exact names, or prefixes ending in * (default: all)')
    .option('--ttl <seconds>', 'lifetime of the token', seconds, 3_600)
    .action(async (user: string, options: TokenOptions, command: Command) => {
      if (user.length === 0 || user.length > 128) throw new ConfigError('the user id must have 1 to 128 characters.');
      for (const room of options.room ?? []) if (room.length > limits.roomName) throw new ConfigError(`--room: "${room}" is too long.`);
      const { name, level, room: rooms, ttl } = options;
      const claims = {
        sub: user,
        ...(name === undefined ? {} : { name }),
        ...(level === undefined ? {} : { level }),
        ...(rooms === undefined ? {} : { rooms }),
      };
      const { viewer } = loadForCommand(command).config;
      if (ttl > viewer.token_max_ttl_s) throw new ConfigError(`--ttl: give at most ${viewer.token_max_ttl_s} s, the setting viewer.token_max_ttl_s.`);
      const { token } = await signViewerToken(viewer, claims, ttl, Date.now());
      process.stdout.write(`${token}\n`);
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('give a whole number.');
  return Number(text);
}

function seconds(text: string): number {
  const ttl = wholeNumber(text);
  if (ttl === 0) throw new InvalidArgumentError('give 1 or more.');
  return ttl;
}
