// The commands of the pages about a cluster, as one script: in the order in which an operator comes to them, each once, with the addresses of the
// test and with three commands in another form.
import { type Block, commandsOf, firstLine } from './block.ts';
import { blocksOf, isLeftOut } from './ways.ts';

/** The blocks in the order of a cluster's life; the number of processes grows at the end. Others follow. */
const order = ['REDIS_URL=redis://', 'npm ci && npm run build', 'git pull', 'npx pm2 reload', 'git checkout', 'DANMUX_EDGES=3', 'redis-cli'];

const rankOf = (block: Block): number => {
  const rank = order.findIndex((start) => firstLine(block).startsWith(start));
  return rank < 0 ? order.length : rank;
};

/**
 * `npm ci` would delete the folder from which the tests run; the parts `types` and `web` of `npm test` are `npm run build`; the roles run on a
 * Sentinel group in failover.cluster.test.ts, so that the settings are checked here as `pm2 start` does first.
 */
export const otherForms: readonly (readonly [command: string, form: string])[] = [
  ['npm ci', 'npm ci --dry-run --offline --ignore-scripts --loglevel=error'],
  ['npm run build', ':'],
  ['DANMUX_REDIS_ACK=replicated npx pm2 start ecosystem.config.js', 'DANMUX_REDIS_ACK=replicated npx danmux config check'],
];

const withoutComment = (command: string): string => command.replace(/ +# .*$/, '');

/** The blocks with the commands that are to run. A command that stood in an earlier block is run once. */
export function clusterScript(addresses: readonly (readonly [shown: string, real: string])[]): readonly Block[] {
  const seen = new Set<string>();
  const blocks = blocksOf('pm2').toSorted((one, other) => rankOf(one) - rankOf(other));
  return blocks.map((block) => {
    const commands = commandsOf(block.text)
      .filter((command) => !isLeftOut(block.file, command))
      .map(withoutComment)
      .filter((command) => !seen.has(command) && seen.add(command));
    const text = [...addresses, ...otherForms].reduce((changed, [shown, real]) => changed.replaceAll(shown, real), commands.join('\n'));
    return { ...block, text };
  });
}
