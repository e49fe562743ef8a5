// Finds the imports of one source file and the lines that read process.env or publish on the bus. It parses the file instead of searching its text,
// where comments and strings would count. layer-rules.ts decides what is allowed.
import { parseSync } from 'vite';

export interface ImportedModule {
  /** As written: `./hub.ts`, `@danmux/bus`, `node:fs`; null when it is computed at run time. */
  readonly specifier: string | null;
  readonly line: number;
}

export interface SourceFile {
  readonly imports: readonly ImportedModule[];
  /** Lines that read process.env. */
  readonly environment: readonly number[];
  /** Lines that call `publish` of a bus or of its ingress. */
  readonly publishes: readonly number[];
}

/** Throws when the file cannot be parsed. */
export function readSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const imports: ImportedModule[] = [];
  const environment: number[] = [];
  const publishes: number[] = [];
  const lineOf = (node: Node) => text.slice(0, node.start).split('\n').length;
  visit(program as unknown as Node, (node) => {
    const source = importedBy(node);
    if (source) imports.push({ specifier: textOf(source), line: lineOf(node) });
    if (readsEnvironment(node)) environment.push(lineOf(node));
    if (takesPublish(node)) publishes.push(lineOf(node));
  });
  return { imports, environment, publishes };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const item of value) isNode(item) && visit(item, see);
    else if (isNode(value)) visit(value, see);
  }
}

/** Returns the node that names the imported module, or null for a node of another kind. It knows every form of import, including imports of types. */
function importedBy(node: Node): Node | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return isNode(node['source']) ? node['source'] : isNode(node['argument']) ? node['argument'] : null;
    case 'TSExternalModuleReference':
      return isNode(node['expression']) ? node['expression'] : null;
    case 'CallExpression':
      return isName(node['callee'], 'require') && Array.isArray(node['arguments']) && isNode(node['arguments'][0]) ? node['arguments'][0] : null;
    default:
      return null;
  }
}

function textOf(node: Node): string | null {
  const literal = node.type === 'TSLiteralType' && isNode(node['literal']) ? node['literal'] : node;
  return typeof literal['value'] === 'string' ? literal['value'] : null;
}

const isName = (value: unknown, name: string) => isNode(value) && value.type === 'Identifier' && value['name'] === name;

/**
 * True for every way to get at the environment: `process.env`, `process['env']`, `globalThis.process.env`, `const { env } = process` and
 * `import { env } from 'node:process'`.
 */
function readsEnvironment(node: Node): boolean {
  if (node.type === 'MemberExpression') return isProcess(node['object']) && namesEnv(node['property']);
  if (node.type === 'VariableDeclarator') return isProcess(node['init']) && isNode(node['id']) && picksEnv(node['id']['properties'], 'key');
  if (node.type === 'ImportDeclaration') {
    const from = isNode(node['source']) ? textOf(node['source']) : null;
    return (from === 'node:process' || from === 'process') && picksEnv(node['specifiers'], 'imported');
  }
  return false;
}

const isProcess = (value: unknown): boolean =>
  isName(value, 'process') ||
  (isNode(value) && value.type === 'MemberExpression' && isName(value['object'], 'globalThis') && isName(value['property'], 'process'));
const namesEnv = (value: unknown) => isName(value, 'env') || (isNode(value) && value['value'] === 'env');
const picks = (list: unknown, field: string, name: string) => Array.isArray(list) && list.some((item) => isNode(item) && isName(item[field], name));
const picksEnv = (list: unknown, field: string) => picks(list, field, 'env');

/** True for every way to get at the method: `bus.publish`, `this.#bus.publish`, `bus.ingress.publish` and `const { publish } = bus`. */
function takesPublish(node: Node): boolean {
  if (node.type === 'MemberExpression') return isName(node['property'], 'publish') && isBus(node['object']);
  if (node.type === 'VariableDeclarator') return isBus(node['init']) && isNode(node['id']) && picks(node['id']['properties'], 'key', 'publish');
  return false;
}

function isBus(value: unknown): boolean {
  if (!isNode(value)) return false;
  const named = value.type === 'MemberExpression' ? value['property'] : value;
  return isNode(named) && (named.type === 'Identifier' || named.type === 'PrivateIdentifier') && (named['name'] === 'bus' || named['name'] === 'ingress');
}
