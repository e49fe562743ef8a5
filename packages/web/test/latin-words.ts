// A fixture for pages in Chinese: the words in Latin letters that a page shows, in text, titles, labels and placeholders, also below shadow roots.
// It leaves out code and everything marked with another language.
import type { Page } from 'playwright-core';

/** Words that stay as they are in Chinese. */
const names: Readonly<Record<string, string>> = {
  danmux: 'this product',
  Redis: 'a product',
  Webhook: 'the term in use, also in Chinese',
  API: 'a term in use',
  ID: 'a term in use',
  JSON: 'a format',
  CPU: 'a term in use',
  HTTP: 'a protocol',
  VIP: 'a term in use',
  ms: 'a unit',
  px: 'a unit',
  B: 'a unit',
  KiB: 'a unit',
  MiB: 'a unit',
  GiB: 'a unit',
};

/** Placeholders that show how a name of a room or a route begins, and the JSON of a message. */
const examples: readonly string[] = [
  'live:',
  'live:*',
  '/v1/rooms',
  '{"gift": "rocket", "name": "火箭", "count": 1}',
  '{"text": "…", "amount": 50}',
  '{"count": 1}',
];

/**
 * Texts of the page with Latin words in them, after those words. `data` is content of users and names of the cluster; it is removed before the search.
 */
export async function latinWords(page: Page, data: readonly string[]): Promise<readonly string[]> {
  const texts = await page.evaluate(visibleTexts);
  const found = texts.flatMap((text) => {
    if (examples.includes(text)) return [];
    const rest = [...data].sort((a, b) => b.length - a.length).reduce((left, part) => left.replaceAll(part, ' '), text);
    const words = (rest.match(/\p{Script=Latin}+/gu) ?? []).filter((word) => !Object.hasOwn(names, word));
    return words.length === 0 ? [] : [`${words.join(' ')} in: ${text}`];
  });
  return [...new Set(found)].sort();
}

/** Runs in the page. It has no inner functions, because the loader of TypeScript would name them by a helper that pages lack. */
function visibleTexts(): string[] {
  const found = [document.title];
  const waiting: Node[] = [document.documentElement];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = (node.textContent ?? '').replace(/\s+/g, ' ').trim();
      if (text) found.push(text);
      continue;
    }
    if (node instanceof Element) {
      if (['CODE', 'SCRIPT', 'STYLE', 'NOSCRIPT', 'DATALIST'].includes(node.tagName)) continue;
      const language = node.getAttribute('lang');
      if (language && !language.startsWith('zh') && node !== document.documentElement) continue;
      // Options have no box of their own while their list is closed.
      if (!(node instanceof HTMLOptionElement) && !node.checkVisibility()) continue;
      for (const name of ['title', 'aria-label', 'placeholder', 'alt']) {
        const text = node.getAttribute(name);
        if (text) found.push(text);
      }
      if (node.tagName === 'TEXTAREA') continue;
      if (node.shadowRoot) waiting.push(node.shadowRoot);
    }
    waiting.push(...node.childNodes);
  }
  return found;
}
