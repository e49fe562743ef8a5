// Every export of the packages for browsers has a comment that an editor shows. Read from the typings by the compiler of TypeScript 5, since version 7
// has no interface for programs.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;

/** The part of TypeScript 5 that is used here. */
interface Compiler {
  createProgram(files: readonly string[], options: object): { getTypeChecker(): Checker; getSourceFile(file: string): object | undefined };
}
interface Checker {
  getSymbolAtLocation(node: object): Named | undefined;
  getExportsOfModule(module: Named): readonly Named[];
  getAliasedSymbol(alias: Named): Named;
}
interface Named {
  readonly name: string;
  readonly flags: number;
  getDocumentationComment(checker: Checker): readonly object[];
}
const aliasFlag = 2_097_152;

const compiler = createRequire(join(root, 'examples/react/package.json'))('typescript') as Compiler;

for (const [entry, least] of [
  ['packages/sdk/dist/index.d.ts', 40],
  ['packages/sdk/dist/client/message.d.ts', 9],
  ['packages/sdk-elements/dist/index.d.ts', 8],
  ['packages/sdk-elements/dist/players.d.ts', 8],
] as const) {
  test(`every export of ${entry} has a comment`, () => {
    const file = join(root, entry);
    const program = compiler.createProgram([file], {
      module: 199,
      moduleResolution: 99,
      target: 9,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    });
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    assert.ok(module, 'the file is a module');
    const exported = checker.getExportsOfModule(module).map((name) => (name.flags & aliasFlag ? checker.getAliasedSymbol(name) : name));
    assert.ok(exported.length >= least, `${exported.length} exports, at least ${least} expected`);
    assert.deepEqual(
      exported.filter((name) => name.getDocumentationComment(checker).length === 0).map(({ name }) => name),
      [],
    );
  });
}
