// The danmux command: parses the command line. Each subcommand has a file of its own.
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

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`danmux: ${error.message}\n`);
  process.exitCode = 1;
}
