// `danmux config check|print`: what is the matter with the settings, and what they come to. Secrets are never printed.
import { redactConfig } from '@danmux/runtime';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { loadForCommand } from './load-for-command.ts';

export function addConfigCommand(program: Command): void {
  const config = program.command('config').description('check or print the settings');
  config
    .command('check')
    .description('say whether files, environment and --set are good; exit 1 if not')
    .action((_options: object, command: Command) => {
      const { environment } = loadForCommand(command);
      process.stdout.write(`The settings are good (environment ${environment}).\n`);
    });
  config
    .command('print')
    .description('print every setting as it will be used')
    .action((_options: object, command: Command) => {
      process.stdout.write(stringify(redactConfig(loadForCommand(command).config)));
    });
}
