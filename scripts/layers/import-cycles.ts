// Finds the import cycles among files. Type-only imports count too: files that need each other belong together.

/** Each cycle once, as its list of files, starting with the alphabetically first one. */
export function importCycles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles = new Map<string, string[]>();
  const done = new Set<string>();
  const walk = (file: string, path: string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      const cycle = fromFirst(path.slice(at));
      cycles.set(cycle.join('\n'), cycle);
      return;
    }
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of [...imports.keys()].sort()) walk(file, []);
  return [...cycles.values()];
}

function fromFirst(cycle: string[]): string[] {
  const first = cycle.indexOf([...cycle].sort()[0] ?? '');
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
