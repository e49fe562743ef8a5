// Runs axe-core on a page and returns the accessibility violations as lines. axe-core is evaluated through the browser's debugging
// protocol, so a content security policy of the page does not block it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of the whole page, or of the elements that match the selector `within`; empty when there are none. */
export async function faultsOf(page: Page, within?: string): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate(`axe.run(${within === undefined ? '' : JSON.stringify(within)})`)) as { violations: Violation[] };
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`).join('; ')}`,
  );
}
