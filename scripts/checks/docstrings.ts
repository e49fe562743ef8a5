// Finds the public exports of the packages that others build on which have no docstring directly above their declaration. It does not judge the text.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'vite';

/** The packages whose exports need docstrings. */
const documented: readonly string[] = ['protocol', 'runtime', 'bus', 'jobs', 'policy', 'webhooks', 'cluster', 'sdk'];

interface Named {
  readonly name: string;
}

interface Declaration {
  readonly id?: Named;
  readonly declarations?: readonly { readonly id: Named }[];
}

interface Statement {
  readonly type: string;
  readonly start: number;
  readonly source?: { readonly value: string } | null;
  readonly declaration?: Declaration | null;
  /** Each has `exported` in an export declaration and `imported` in an import declaration. */
  readonly specifiers?: readonly { readonly local: Named; readonly exported?: Named; readonly imported?: Named }[];
}

/** Exports of the packages' index files without a docstring, as `packages/bus/src/bus.ts: Bus`, sorted. */
export function undocumentedExports(root: string, packages: readonly string[] = documented): string[] {
  const found = packages.flatMap((name) => undocumentedIn(root, join(root, 'packages', name, 'src/index.ts')));
  return [...new Set(found)].sort();
}

function undocumentedIn(root: string, entry: string): string[] {
  const names = statementsOf(entry).statements.flatMap(exportedNames);
  return names.flatMap((name) => {
    const found = declarationOf(entry, name);
    return found.isDocumented ? [] : [`${relative(root, found.file)}: ${found.name}`];
  });
}

function exportedNames({ specifiers = [], declaration }: Statement): string[] {
  return [...specifiers.flatMap(({ exported }) => (exported ? [exported.name] : [])), ...(declaration ? namesOf(declaration) : [])];
}

function namesOf({ id, declarations = [] }: Declaration): string[] {
  return id ? [id.name] : declarations.map((one) => one.id.name);
}

interface Found {
  readonly file: string;
  readonly name: string;
  readonly isDocumented: boolean;
}

/** Follows re-exports and imports to the file that declares the exported name. Another package documents its exports itself. */
function declarationOf(file: string, name: string, source = '.'): Found {
  if (!source.startsWith('.')) return { file, name, isDocumented: true };
  if (source !== '.') return declarationOf(resolve(dirname(file), source), name);
  for (const { specifiers = [], source } of statementsOf(file).statements) {
    const local = specifiers.find(({ exported }) => exported?.name === name)?.local.name;
    if (local !== undefined) return source ? declarationOf(file, local, source.value) : localDeclarationOf(file, local);
  }
  return localDeclarationOf(file, name);
}

function localDeclarationOf(file: string, name: string): Found {
  const { text, statements } = statementsOf(file);
  for (const statement of statements) {
    const imported = statement.specifiers?.find((one) => one.imported && one.local.name === name)?.imported?.name;
    if (imported !== undefined && statement.source) return declarationOf(file, imported, statement.source.value);
    const declaration = statement.declaration ?? (statement as unknown as Declaration);
    if (namesOf(declaration).includes(name)) return { file, name, isDocumented: hasDocstring(text, statement.start) };
  }
  throw new Error(`${file} declares no ${name}`);
}

/** True when a docstring with text ends directly before `start`. */
function hasDocstring(text: string, start: number): boolean {
  const before = text.slice(0, start).trimEnd();
  return before.endsWith('*/') && /^\/\*\*[\s*]*[^\s*/]/.test(before.slice(before.lastIndexOf('/*')));
}

const parsed = new Map<string, { readonly text: string; readonly statements: readonly Statement[] }>();

function statementsOf(file: string): { readonly text: string; readonly statements: readonly Statement[] } {
  const known = parsed.get(file);
  if (known) return known;
  const text = readFileSync(file, 'utf8');
  const { program, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const result = { text, statements: program.body as unknown as Statement[] };
  parsed.set(file, result);
  return result;
}
