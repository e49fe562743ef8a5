// How each code block is run: by its language, or as this table binds it. A block with neither has no way, and documents.test.ts fails.
import { type Block, firstLine } from './block.ts';
import { exceptions } from './exceptions.ts';
import { blocks } from './pages.ts';

/**
 * - `key`: makes the API key of the programs below it; `refused`: a request that danmux refuses
 * - `shell`: by bash, all blocks of a page in order, beside a running danmux
 * - `output`: text that the shell block before it must print
 * - `pm2`: by bash, on a cluster under pm2
 * - `receiver`: a server that receives webhooks of the running danmux
 * - `variables`: environment variables of a danmux that starts
 * - `settings`: a settings file; `scrape`: of Prometheus
 * - `php`: a program; `php-page`: a page that receives a webhook
 * - `node`: a program; `browser`: a page or its script, beside a running danmux; `typed`: checked by the compiler
 * - `hook`, `hook-answer`, `signed-text`, `wire`, `formula`, `nginx`, `redis`: see documents.test.ts and documents.e2e.test.ts
 * - the path of a test file that runs the block
 */
export type Way = (typeof ways)[number] | `${string}.test.ts`;
const ways = [
  ...(['key', 'refused', 'shell', 'output', 'pm2', 'receiver', 'variables', 'settings', 'scrape', 'php', 'php-page', 'node', 'browser', 'typed'] as const),
  ...(['hook', 'hook-answer', 'signed-text', 'wire', 'formula', 'nginx', 'redis', 'styles'] as const),
];

const ofLanguage: Readonly<Record<string, Way>> = {
  ...{ redis: 'redis', sh: 'shell', bash: 'shell', yaml: 'settings', php: 'php', html: 'browser', js: 'typed', ts: 'typed', css: 'styles', nginx: 'nginx' },
};

/** A file, the beginning of the block's first line, and its way. */
const bound: readonly (readonly [file: string, first: string, way: Way])[] = [
  ['README.md', 'REDIS_URL=', 'pm2'],
  ['README.md', "import { io } from 'socket.io-client'", 'node'],
  ['clients/php/README.md', 'composer init', 'scripts/test/composer.e2e.test.ts'],
  ['clients/php/README.md', 'try {', 'php-page'],
  ['docs/keys.md', 'curl -X POST', 'key'],
  ['docs/keys.md', 'METHOD', 'signed-text'],
  ['docs/moderation.md', 'POST /your/hook', 'hook'],
  ['docs/moderation.md', '200 {', 'hook-answer'],
  ['docs/operations.md', 'npm ci && npm run build', 'pm2'],
  ['docs/operations.md', 'DANMUX_EDGES=3', 'pm2'],
  ['docs/operations.md', '  3 MB', 'formula'],
  ['docs/operations.md', 'redis-cli -u', 'pm2'],
  ['docs/operations.md', 'scrape_configs:', 'scrape'],
  ['docs/protocol.md', '→ 421["join"', 'wire'],
  ['docs/redis.md', 'user danmux-edge on', 'packages/testkit/test/redis-acl.cluster.test.ts'],
  ['docs/redis.md', 'REDIS_URL=redis+sentinel', 'pm2'],
  ['docs/troubleshooting.md', "curl -i -H 'Origin:", 'refused'],
  ['docs/upgrade.md', 'git pull', 'pm2'],
  ['docs/upgrade.md', 'npx pm2 reload danmux-relay-0', 'pm2'],
  ['docs/upgrade.md', 'git checkout -', 'pm2'],
  ['docs/webhooks.md', 'DANMUX_WEBHOOK_URL=', 'variables'],
  ['docs/webhooks.md', '$event = Danmux\\Webhook::verify', 'php-page'],
  ['examples/README.md', 'token: of', 'output'],
  ['examples/README.md', 'DANMUX_WEBHOOK_SECRET=', 'receiver'],
  ['examples/README.md', 'joined: live:1001', 'output'],
  ['examples/README.md', 'python3 examples/websocket/viewer.py', 'packages/testkit/test/examples.e2e.test.ts'],
  ['examples/README.md', 'joined live:1001', 'packages/testkit/test/examples.e2e.test.ts'],
  ['packages/sdk/README.md', 'npm ci && npm run build', 'scripts/test/tarballs.e2e.test.ts'],
  ['packages/sdk/README.md', "import { bind, createClient, Overlay } from '@danmux/sdk'", 'browser'],
  ['packages/sdk/README.md', 'const overlay = new Overlay', 'browser'],
];

/**
 * Commands in the text of the README: run by the shell, in a block, or exceptions. Those that blocks and exceptions have already are not counted
 * again.
 */
export const inlineWays: Readonly<Record<string, 'shell' | 'block' | 'exception'>> = {
  'npm test': 'block',
  'npm run loadtest': 'block',
  'npx danmux nodes': 'shell',
  'npx danmux token u42 --name 小明': 'shell',
  'npm run drill': 'shell',
  'npm run drill -- edge-crash': 'exception',
  'npm run clients': 'exception',
};

const isBound = (block: Block, [file, first]: readonly [string, string, ...unknown[]]): boolean => block.file === file && firstLine(block).startsWith(first);

export const unusedBindings = (): readonly string[] =>
  bound.filter((row) => blocks.filter((block) => isBound(block, row)).length !== 1).map(([file, first]) => `${file}: ${first}`);

/** Undefined for a block that is an exception as a whole, and for one that no table knows. */
export function wayOf(block: Block): Way | undefined {
  if (isException(block)) return undefined;
  return bound.find((row) => isBound(block, row))?.[2] ?? ofLanguage[block.language];
}

/** Shell commands are listed one by one; any other block as a whole. */
export const isShell = ({ language }: Block): boolean => language === 'sh' || language === 'bash';

export const isException = (block: Block): boolean =>
  !isShell(block) && exceptions.some(({ file, first }) => block.file === file && firstLine(block).startsWith(first));

/** True for a command that no test runs. */
export const isLeftOut = (file: string, command: string): boolean => exceptions.some(({ file: of, first }) => of === file && `${command}  `.startsWith(first));

export const blocksOf = (way: Way): readonly Block[] => blocks.filter((block) => wayOf(block) === way);
