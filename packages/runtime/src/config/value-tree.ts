// Reads and writes nested settings by dotted path.

/** Nested settings: each value is a leaf or another tree. Arrays are leaves. */
export type Tree = { [key: string]: unknown };

/** True for an object, false for an array. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Copies `from` into `into` recursively; keys of `into` that `from` lacks keep their value. */
export function merge(into: Tree, from: Tree): void {
  for (const [key, value] of Object.entries(from)) {
    const existing = into[key];
    if (isTree(value) && isTree(existing)) merge(existing, value);
    else into[key] = value;
  }
}

/** A tree with a single leaf at `path`. */
export function nest(path: string, value: unknown): Tree {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;
}

/** Sets the value at `path`; a tree is merged into the tree that is already there. */
export function put(tree: Tree, path: string, value: unknown): void {
  merge(tree, nest(path, value));
}

/** The value at `path`, or undefined. */
export function get(tree: Tree, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree);
}
