// Nested settings as plain objects, read and written by dotted path.

/** Settings by key; a value is a leaf or another tree. Lists are leaves. */
export type Tree = { [key: string]: unknown };

/** True for a plain object, not for a list. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Writes `from` over `into`, tree by tree; `into` keeps keys that `from` lacks. */
export function merge(into: Tree, from: Tree): void {
  for (const [key, value] of Object.entries(from)) {
    const existing = into[key];
    if (isTree(value) && isTree(existing)) merge(existing, value);
    else into[key] = value;
  }
}

/** A tree with one leaf, `a.b.c`. */
export function nest(path: string, value: unknown): Tree {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;
}

/** Sets one leaf; a tree given as value is merged. */
export function put(tree: Tree, path: string, value: unknown): void {
  merge(tree, nest(path, value));
}

/** The value at a path, undefined when there is none. */
export function get(tree: Tree, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree);
}
