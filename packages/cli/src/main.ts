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

/** Maximum time to wait until the error text is written, in milliseconds. Standard error may be a pipe that nobody reads. */
const longestWriteMs = 500;

try {
  await program.parseAsync();
} catch (error) {
  // The user can correct a ConfigError, so it is printed as one line. Any other error is a bug in danmux and is printed with its stack.
  const text = error instanceof ConfigError ? error.message : inspect(error);
  // The process calls `process.exit`, because under pm2 the IPC channel keeps a process alive that only sets its exit code. In pm2's cluster
  // mode even an unhandled rejection does not end the process. The encoding is passed because pm2 replaces `process.stderr.write` by a
  // function that expects the callback as its third argument.
  const exit = () => process.exit(1);
  setTimeout(exit, longestWriteMs);
  process.stderr.write(`danmux: ${text}\n`, 'utf8', exit);
}
