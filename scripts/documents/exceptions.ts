// The code blocks and shell commands of the pages that no test runs, each with its reason. documents.test.ts fails when one of them no longer
// exists, and when they are more than a tenth of all.

export interface Exception {
  readonly file: string;
  /** How the first line of the block, or the shell commands, begin. */
  readonly first: string;
  readonly reason: string;
}

const installs = 'installs the dependencies of the checkout in which the tests run';
const minutes = 'takes minutes on an idle machine with two cores; loadtest/test/steady.cluster.test.ts runs a small one';
const moves = 'moves the checkout in which the tests run to other sources';

export const exceptions: readonly Exception[] = [
  { file: 'README.md', first: 'npm ci && npm start', reason: `${installs}; first-light.e2e.test.ts runs the command that npm start runs` },
  { file: 'README.md', first: 'npm ci && npm test', reason: `${installs}, and runs this test` },
  { file: 'README.md', first: 'npm run drill -- edge-crash', reason: 'takes half a minute; operator.drill.test.ts runs other drills' },
  { file: 'README.md', first: 'npm run clients', reason: 'installs seven generators, which takes minutes; clients.test.ts runs its rows without them' },
  { file: 'docs/architecture.md', first: 'viewer ── send ──▶', reason: 'a drawing' },
  {
    file: 'docs/pusher.md',
    first: '$pusher = new Pusher',
    reason: 'needs pusher-php-server from Composer; a test publishes with the Python library of Pusher',
  },
  { file: 'docs/upgrade.md', first: 'git pull', reason: moves },
  { file: 'docs/upgrade.md', first: 'git checkout -', reason: moves },
  { file: 'loadtest/README.md', first: 'npm run loadtest -- steady-chat', reason: minutes },
];
