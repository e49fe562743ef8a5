// The layer check against trees that break each of its rules once, and against the repository itself.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { importCycles } from '../layers/import-cycles.ts';
import { checkLayers, layers } from '../layers/layer-rules.ts';
import { readSource } from '../layers/read-source.ts';

const root = mkdtempSync(join(tmpdir(), 'danmux-layers-'));
after(() => rmSync(root, { recursive: true }));
let trees = 0;

/** A tree of every package, each declaring all the others, with `files` written into it. */
function offencesOf(files: Record<string, string>): string[] {
  const dir = join(root, String(trees++));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  const dependencies = Object.fromEntries([...Object.keys(layers).map((name) => `@danmux/${name}`), 'jose', 'typebox'].map((name) => [name, '1']));
  for (const name of Object.keys(layers)) write(`packages/${name}/package.json`, JSON.stringify({ name: `@danmux/${name}`, dependencies }));
  for (const [path, text] of Object.entries(files)) write(path, text);
  return checkLayers(dir);
}

function offends(files: Record<string, string>, ...expected: RegExp[]): void {
  const offences = offencesOf(files);
  assert.equal(offences.length, expected.length, offences.join('\n'));
  for (const [i, pattern] of expected.entries()) assert.match(offences[i] ?? '', pattern);
}

test('a tree that imports leftwards is good', () =>
  offends({
    'packages/edge/src/hub.ts':
      "import { lanes } from '@danmux/protocol';\nimport type { Bus } from '@danmux/bus';\nimport { join } from 'node:path';\nimport { x } from './feed.ts';",
    'packages/edge/src/feed.ts': "export const x = 1;\nexport { jwtVerify } from 'jose';\nexport { Type } from 'typebox/value';",
    'packages/web/demo/main.ts': "import { x } from '@danmux/sdk-elements/players';\nimport './style.css?inline';",
    'packages/web/demo/style.css': '',
    'packages/sdk-elements/src/chat.ts': "import '@danmux/sdk';",
  }));

test('an import from the right is reported with file, line and package', () =>
  offends(
    { 'packages/bus/src/memory.ts': "\nimport { Hub } from '@danmux/edge';" },
    /^packages\/bus\/src\/memory\.ts:2: imports @danmux\/edge; bus may import protocol, runtime$/,
  ));

test('danmux, the package of the command, is the folder cli and obeys the same rules', () =>
  offends(
    {
      'packages/testkit/src/node.ts': "import { composeNode } from 'danmux';\nimport { roleNames } from 'danmux/src/roles.ts';",
      'packages/testkit/package.json': JSON.stringify({ name: '@danmux/testkit', dependencies: { danmux: '1' } }),
      'packages/edge/src/hub.ts': "import { composeNode } from 'danmux';",
    },
    /^packages\/edge\/src\/hub\.ts:1: imports danmux; edge may import protocol, runtime, bus, jobs, policy, webhooks, cluster$/,
    /^packages\/testkit\/src\/node\.ts:2: imports danmux\/src\/roles\.ts, the inside of another package/,
  ));

test('the load test imports no server, and no package imports the load test', () =>
  offends(
    {
      'loadtest/package.json': JSON.stringify({ name: '@danmux/loadtest', devDependencies: { '@danmux/edge': '1', '@danmux/testkit': '1', ws: '1' } }),
      'loadtest/src/swarm.ts': "import { Child } from '@danmux/testkit';\nimport { Hub } from '@danmux/edge';\nimport 'ws';\nimport 'ioredis';",
      'packages/testkit/src/swarm.ts': "import { Swarm } from '@danmux/loadtest';",
    },
    /^packages\/testkit\/src\/swarm\.ts:1: imports @danmux\/loadtest; testkit may import/,
    /^loadtest\/src\/swarm\.ts:2: imports @danmux\/edge; loadtest may import runtime, testkit$/,
    /^loadtest\/src\/swarm\.ts:4: imports ioredis, which loadtest\/package\.json does not declare$/,
  ));

test('one role does not import another', () =>
  offends(
    { 'packages/edge/src/hub.ts': "import { Pacer } from '@danmux/relay';" },
    /hub\.ts:1: imports @danmux\/relay; edge may import protocol, runtime, bus, jobs, policy, webhooks, cluster$/,
  ));

test('the protocol imports no package', () => offends({ 'packages/protocol/src/a.ts': "import '@danmux/runtime';" }, /protocol may import no other package/));

test('browser pages import the SDK and its elements, never a server; the SDK does not import its elements', () =>
  offends(
    {
      'packages/sdk/src/client.ts': "import '@danmux/sdk-elements';",
      'packages/web/console/main.ts': "import '@danmux/bus';",
      'packages/web/demo/main.ts': "import '@danmux/runtime';",
      'packages/web/obs/main.ts': "import 'node:fs';",
    },
    /sdk\/src\/client\.ts:1: imports @danmux\/sdk-elements; sdk may import protocol$/,
    /web\/console\/main\.ts:1: imports @danmux\/bus; web may import protocol, sdk, sdk-elements$/,
    /web\/demo\/main\.ts:1: imports @danmux\/runtime; web may import/,
    /web\/obs\/main\.ts:1: imports node:fs, which a browser does not have$/,
  ));

for (const [form, text] of Object.entries({
  'a type': "import type { Hub } from '@danmux/edge';",
  'an inline type': "export type H = import('@danmux/edge').Hub;",
  're-exporting': "export * from '@danmux/edge';",
  're-exporting a name': "export { Hub } from '@danmux/edge';",
  'a dynamic import': "const load = () => import('@danmux/edge');",
  'a require': "const hub = require('@danmux/edge');",
  'import equals': "import hub = require('@danmux/edge');",
  'a sub-path': "import '@danmux/edge/hub';",
}))
  test(`${form} is an import`, () => offends({ 'packages/bus/src/memory.ts': text }, /imports @danmux\/edge; bus may import/));

test('text that only looks like an import is none', () =>
  offends({
    'packages/bus/src/memory.ts':
      "// import '@danmux/edge';\nexport const text = \"import '@danmux/edge'; process.env.X\";\nconst a = <T>(x: T) => x as T;\nexport { a };",
  }));

test('an import that package.json does not declare is refused', () =>
  offends(
    { 'packages/edge/src/hub.ts': "import 'left-pad/lib/index.js';\nimport type { S } from '@scope/thing/deep';" },
    /hub\.ts:1: imports left-pad, which packages\/edge\/package\.json does not declare/,
    /hub\.ts:2: imports @scope\/thing, which/,
  ));

test('a development dependency is not declared for src', () =>
  offends(
    { 'packages/edge/package.json': '{"name":"@danmux/edge","devDependencies":{"jose":"1"}}', 'packages/edge/src/hub.ts': "import 'jose';" },
    /imports jose, which/,
  ));

test('the inside of another package is refused, by name and by path', () =>
  offends(
    { 'packages/edge/src/hub.ts': "import '@danmux/bus/src/memory.ts';\nimport '../../bus/src/memory.ts';", 'packages/bus/src/memory.ts': '' },
    /hub\.ts:1: imports @danmux\/bus\/src\/memory\.ts, the inside of another package/,
    /hub\.ts:2: imports \.\.\/\.\.\/bus\/src\/memory\.ts, which is outside its package/,
  ));

test('a path that does not exist is refused', () =>
  offends({ 'packages/edge/src/hub.ts': "import './feed.js';" }, /imports \.\/feed\.js, which does not exist/));

test('a computed import is refused', () =>
  offends({ 'packages/edge/src/hub.ts': 'export const f = (name: string) => import(name);' }, /hub\.ts:1: .*computed/));

test('builtins carry node:, and the browser has none', () =>
  offends(
    { 'packages/edge/src/hub.ts': "import 'fs';", 'packages/protocol/src/a.ts': "import 'node:crypto';", 'packages/sdk/src/a.ts': "import 'node:fs';" },
    /write node:fs/,
    /protocol\/src\/a\.ts:1: imports node:crypto, which a browser does not have/,
    /sdk\/src\/a\.ts:1: imports node:fs/,
  ));

test('an import cycle is reported once, with the files along it', () =>
  offends(
    {
      'packages/edge/src/c.ts': "import './a.ts';",
      'packages/edge/src/a.ts': "import './b.ts';",
      'packages/edge/src/b.ts': "import type { C } from './c.ts';",
      'packages/edge/src/d.ts': "import './a.ts';",
    },
    /^packages\/edge: import cycle: src\/a\.ts → src\/b\.ts → src\/c\.ts → src\/a\.ts$/,
  ));

for (const [form, text] of Object.entries({
  plain: 'const x = process.env.X;',
  bracketed: "const x = process['env'];",
  global: 'const x = globalThis.process.env;',
  destructured: 'const { env } = process;',
  imported: "import { env } from 'node:process';",
}))
  test(`process.env, ${form}, is for the config alone`, () => {
    offends({ 'packages/edge/src/hub.ts': text }, /hub\.ts:1: reads process\.env; only packages\/runtime\/src\/config\/load\.ts may/);
    offends({ 'packages/runtime/src/config/load.ts': text, 'packages/testkit/src/child.ts': text });
  });

test('a package without a place in the layers is refused', () =>
  offends({ 'packages/extra/package.json': '{}' }, /packages\/extra: this package has no place/));

test('a file that cannot be parsed stops the check with its name', () =>
  assert.throws(() => offencesOf({ 'packages/edge/src/hub.ts': 'import { from;' }), /packages\/edge\/src\/hub\.ts/));

test('two cycles through one file are both found', () => {
  const cycles = importCycles(
    new Map([
      ['a', ['b', 'c']],
      ['b', ['a']],
      ['c', ['a']],
    ]),
  );
  assert.deepEqual(cycles, [
    ['a', 'b'],
    ['a', 'c'],
  ]);
});

test('the line of an import is the line it stands on', () => {
  const { imports } = readSource('x.ts', "// one\n\nimport {\n  a,\n} from './a.ts';\n");
  assert.deepEqual(imports, [{ specifier: './a.ts', line: 3 }]);
});

test('the publisher alone publishes on the bus, however the call is written', () =>
  offends(
    {
      'packages/cluster/src/publisher.ts': 'export const publish = (bus) => bus.publish([]);',
      'packages/bus/src/redis.ts': 'ingress.publish([]);',
      'packages/api/src/a.ts': 'publisher.publish([]); redis.publish("x", "y");',
      'packages/api/src/b.ts': '\nservices.bus.publish([]);',
      'packages/edge/src/c.ts': 'class C {\n  #bus;\n  m() {\n    return this.#bus.publish([]);\n  }\n}',
      'packages/relay/src/d.ts': 'const { publish } = bus;',
      'packages/worker/src/e.ts': 'parts.bus.ingress.publish([]);',
    },
    /^packages\/api\/src\/b\.ts:2: publishes on the bus; only packages\/cluster\/src\/publisher\.ts may/,
    /^packages\/edge\/src\/c\.ts:4: publishes on the bus/,
    /^packages\/relay\/src\/d\.ts:1: publishes on the bus/,
    /^packages\/worker\/src\/e\.ts:1: publishes on the bus/,
  ));

test('a test may import its own package, testkit and packages to the left, by name', () =>
  offends({
    'packages/edge/src/hub.ts': '',
    'packages/edge/test/hub.test.ts': "import '../src/hub.ts';\nimport '@danmux/testkit/unit';\nimport '@danmux/bus';\nimport 'node:fs';\nprocess.env;",
    'packages/sdk/test/client.test.ts': "import 'node:fs';",
  }));

test('a test that reaches into another package, or imports from the right, is refused', () =>
  offends(
    {
      'packages/bus/src/memory.ts': '',
      'packages/edge/test/hub.test.ts': "import '../../bus/src/memory.ts';\nimport '@danmux/bus/src/memory.ts';\nimport '@danmux/api';\nimport 'undeclared';",
    },
    /^packages\/edge\/test\/hub\.test\.ts:1: imports \.\.\/\.\.\/bus\/src\/memory\.ts, which is outside its package/,
    /hub\.test\.ts:2: imports @danmux\/bus\/src\/memory\.ts, the inside of another package/,
    /hub\.test\.ts:3: imports @danmux\/api; a test of edge may import /,
    /hub\.test\.ts:4: imports undeclared, which packages\/edge\/package\.json does not declare/,
  ));

test('a cycle among tests, through a source, or among scripts is found', () =>
  offends(
    {
      'packages/edge/test/a.ts': "import './b.ts';",
      'packages/edge/test/b.ts': "import './a.ts';",
      'scripts/one.ts': "import './two.ts';",
      'scripts/two.ts': "import './one.ts';",
    },
    /^packages\/edge: import cycle: test\/a\.ts → test\/b\.ts → test\/a\.ts$/,
    /^scripts: import cycle: one\.ts → two\.ts → one\.ts$/,
  ));
