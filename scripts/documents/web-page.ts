// Opens HTML and scripts of the pages in Chromium, served from a site of their own that also answers /my/token. A script gets an import map for
// the SDK that the api serves.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeAfter, type Owner } from '@danmux/testkit/unit';
import type { Browser, Page } from 'playwright-core';
import type { Block } from './block.ts';

export interface Site {
  /** Opens the block and resolves with the page, and with what it complained about and logged so far. */
  open(block: Block): Promise<{ page: Page; complaints: readonly string[]; logged: readonly string[] }>;
}

export interface SiteOptions {
  readonly api: string;
  readonly token: string;
  change(text: string): string;
}

/** A page around a script of a block, with the container that the scripts name. */
function around(block: Block, text: string, api: string): string {
  if (block.language === 'html') return text;
  const start = text.startsWith('import ') ? '' : "import { createClient, Overlay } from '@danmux/sdk';\n";
  const map = JSON.stringify({ imports: { '@danmux/sdk': `${api}/sdk/danmux.js` } });
  return `<div id="player" style="position: relative; width: 640px; height: 360px"></div>
<script type="importmap">${map}</script>
<script type="module">
${start}${text}
window.ran = true;
</script>`;
}

export async function serveSite(owner: Owner, browser: Browser, { api, token, change }: SiteOptions): Promise<Site> {
  let html = '';
  const server = createServer((request, response) => {
    const isToken = request.url === '/my/token';
    response.writeHead(request.url === '/' || isToken ? 200 : 204, { 'content-type': isToken ? 'text/plain' : 'text/html; charset=utf-8' });
    response.end(isToken ? token : request.url === '/' ? `<!doctype html><html lang="en"><title>page</title>${html}</html>` : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfter(owner, () => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const open = async (block: Block) => {
    html = around(block, change(block.text).replaceAll('eyJ…', token).replaceAll('src="…"', ''), api);
    const page = await browser.newPage();
    const complaints: string[] = [];
    const logged: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => (message.type() === 'error' ? complaints : logged).push(message.text()));
    await page.goto(url, { waitUntil: 'load' });
    return { page, complaints, logged };
  };
  return { open };
}
