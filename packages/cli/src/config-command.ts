// `danmux config check|print`: checks the settings, prints the resulting values. It never prints a secret.
import { redactConfig } from '@danmux/runtime';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { loadForCommand } from './load-for-command.ts';

export function addConfigCommand(program: Command): void {
  const config = program.command('config').description('check or print the settings');
  config
    .command('check')
    .description('check files, environment and --set; exit 1 on an error')
    .action((_options: object, command: Command) => {
      const { environment } = loadForCommand(command);
      process.stdout.write(`The settings are good (environment ${environment}).\n`);
    });
  config
    .command('print')
    .description('print the value of every setting, secrets redacted')
    .action((_options: object, command: Command) => {
      process.stdout.write(stringify(redactConfig(loadForCommand(command).config)));
    });
}
