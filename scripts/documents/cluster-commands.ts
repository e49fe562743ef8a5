// The commands of the pages about a cluster, as one script: in the order in which an operator comes to them, each once, with the addresses of the
// test, and with some in another form or left to the test that runs them.
import { type Block, commandsOf, firstLine } from './block.ts';
import { blocksOf, isLeftOut } from './ways.ts';

/** The blocks in the order of a cluster's life, which the README ends. Others follow. */
const order = ['npm ci && npm run build', 'git pull', 'npx pm2 reload', 'git checkout', 'DANMUX_EDGES=3', 'redis-cli', 'REDIS_URL=redis://'];

const rankOf = (block: Block): number => {
  const rank = order.findIndex((start) => firstLine(block).startsWith(start));
  return rank < 0 ? order.length : rank;
};

/**
 * `npm ci` would delete the folder from which the tests run; the parts `types` and `web` of `npm test` are `npm run build`; failover.cluster.test.ts
 * runs the roles on a Sentinel group, so that here the settings are checked, as `pm2 start` does first.
 */
export const otherForms: readonly (readonly [command: string, form: string])[] = [
  ['npm ci', 'npm ci --dry-run --offline --ignore-scripts --loglevel=error'],
  ['npm run build', ':'],
  ['DANMUX_REDIS_ACK=replicated npx pm2 start ecosystem.config.js', 'DANMUX_REDIS_ACK=replicated npx danmux config check'],
];

/** Commands that another test runs, with the text by which it does. */
export const otherTests: readonly (readonly [command: string, test: string, text: string])[] = [
  [
    'npx pm2 reload ecosystem.config.js --update-env',
    'packages/testkit/test/pm2-first-start.cluster.test.ts',
    "command('reload', 'ecosystem.config.js', '--update-env')",
  ],
  ['npx pm2 reload danmux-relay-0 --update-env', 'packages/testkit/test/pm2-reload.cluster.test.ts', "command('reload', name)"],
  ['npx pm2 reload danmux-api --update-env', 'packages/testkit/test/pm2-reload.cluster.test.ts', "command('reload', name)"],
  ['npx pm2 reload danmux-edge-0 --update-env', 'packages/testkit/test/pm2-reload.cluster.test.ts', "command('reload', name)"],
];

const withoutComment = (command: string): string => command.replace(/ +# .*$/, '');

/** The blocks with the commands that are to run. A command that stood in an earlier block, perhaps with variables before it, is run once. */
export function clusterScript(addresses: readonly (readonly [shown: string, real: string])[]): readonly Block[] {
  const seen = new Set(otherTests.map(([command]) => command));
  const isNew = (part: string): boolean => {
    const command = part.replace(/^REDIS_URL=redis:\S+ /, '');
    return !seen.has(command) && seen.add(command).has(command);
  };
  const blocks = blocksOf('pm2').toSorted((one, other) => rankOf(one) - rankOf(other));
  return blocks.map((block) => {
    const commands = commandsOf(block.text)
      .filter((command) => !isLeftOut(block.file, command))
      .map((command) => withoutComment(command).split(' && ').filter(isNew).join(' && '));
    const text = [...addresses, ...otherForms].reduce((changed, [shown, real]) => changed.replaceAll(shown, real), commands.join('\n'));
    return { ...block, text };
  });
}
