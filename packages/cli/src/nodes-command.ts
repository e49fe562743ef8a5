// `danmux nodes`: lists the processes of the cluster.
import type { NodesReply } from '@danmux/protocol/schemas';
import type { Command } from 'commander';
import { askApi } from './admin-client.ts';
import { loadForCommand } from './load-for-command.ts';

export function addNodesCommand(program: Command): void {
  program
    .command('nodes')
    .description('list the processes of the cluster')
    .option('--url <url>', 'address of the api (default: its address in the config)')
    .option('--json', 'print the JSON of the api')
    .action(async (options: { url?: string; json?: boolean }, command: Command) => {
      const text = await askApi(loadForCommand(command).config, 'GET', '/v1/nodes', { url: options.url });
      process.stdout.write(options.json ? `${text}\n` : table((JSON.parse(text) as NodesReply).nodes));
    });
}

function table(nodes: NodesReply['nodes']): string {
  const rows = [
    ['ROLE', 'ADDRESS', 'LOAD', 'VERSION', 'ID'],
    ...nodes.map(({ role, address, load, version, id }) => [role, address || '-', `${Math.round(load * 100)} %`, version, id]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
