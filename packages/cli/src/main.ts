// The danmux command: parses the command line. Each subcommand has a file of its own.
import { inspect } from 'node:util';
import { ConfigError } from '@danmux/runtime';
import { Command } from 'commander';
import { addConfigCommand } from './config-command.ts';
import { addNodesCommand } from './nodes-command.ts';
import { addPushCommand } from './push-command.ts';
import { addStartCommand } from './start-command.ts';
import { addTokenCommand } from './token-command.ts';
import { version } from './version.ts';

const program = new Command('danmux')
  .description('A broadcast cluster for live streaming.')
  .version(version)
  .option('-c, --config <dir>', 'folder of the settings (default: ./config)')
  .option('-s, --set <path=value>', 'a setting above all others, such as edge.port=7701; may be repeated', (text: string, all: string[]) => [...all, text], []);
addStartCommand(program);
addTokenCommand(program);
addPushCommand(program);
addNodesCommand(program);
addConfigCommand(program);

/** The error output may be a pipe that nobody reads, milliseconds. */
const longestWriteMs = 500;

try {
  await program.parseAsync();
} catch (error) {
  // A setting that is refused is the user's to mend and gets one line; any other error is ours and gets its stack.
  const text = error instanceof ConfigError ? error.message : inspect(error);
  // Exits explicitly: under pm2 the IPC channel keeps a process alive that only sets its exit code, and in its cluster mode also after an
  // unhandled rejection. The encoding is passed because the `write` that pm2 puts in place expects the callback as third argument.
  const exit = () => process.exit(1);
  setTimeout(exit, longestWriteMs);
  process.stderr.write(`danmux: ${text}\n`, 'utf8', exit);
}
