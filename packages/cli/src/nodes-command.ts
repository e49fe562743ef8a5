// `danmux nodes`: lists the processes of the cluster, and the settings in which their configs differ.
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
      process.stdout.write(options.json ? `${text}\n` : report(JSON.parse(text) as Reply));
    });
}

/** An api of an older version does not compare configs. */
type Reply = Pick<NodesReply, 'nodes'> & Partial<Pick<NodesReply, 'config'>>;
type Row = Omit<NodesReply['nodes'][number], 'config'> & Partial<Pick<NodesReply['nodes'][number], 'config'>>;

function report({ nodes, config }: Reply): string {
  const rows = nodes.map((node: Row) => [node.role, node.address || '-', `${Math.round(node.load * 100)} %`, configOf(node), node.version, node.id]);
  return table([['ROLE', 'ADDRESS', 'LOAD', 'CONFIG', 'VERSION', 'ID'], ...rows]) + differences(config?.differences ?? []);
}

function configOf({ config }: Row): string {
  if (!config || config.state === 'unknown') return '?';
  return config.state === 'same' ? 'same' : `${config.settings.length} differ`;
}

function differences(found: NodesReply['config']['differences']): string {
  if (found.length === 0) return '';
  const rows = found.map(({ setting, majority, nodes }) => [setting, majority ? 'differs in' : 'no majority among', nodes.join(', ')]);
  return `\nSettings that differ (\`danmux config print\` prints the values of one process):\n${table(rows)}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
