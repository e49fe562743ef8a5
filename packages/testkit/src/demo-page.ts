// Opens the demo page in a browser like a viewer, and runs the PHP example that publishes a gift like a backend.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';

const run = promisify(execFile);
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

export interface DemoPage {
  readonly page: Page;
  /** Console errors and uncaught errors of the page. */
  readonly complaints: readonly string[];
}

/** Opens the demo page and waits until it is connected and the video plays. */
export async function openDemo(browser: Browser, api: string, room: string, size: { width: number; height: number }, locale: string): Promise<DemoPage> {
  const context = await browser.newContext({ viewport: size, locale });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${api}/demo/?room=${room}`);
  await page.locator('[data-testid=state][data-state=online]').waitFor({ timeout: 20_000 });
  await page.waitForFunction(() => {
    const video = document.querySelector('video');
    return video !== null && !video.paused && video.currentTime > 0.1;
  });
  return { page, complaints };
}

/** Runs the push-gift example of the PHP client; resolves with its output. */
export async function pushGiftByPhp(api: string, key: string, room: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('php', ['clients/php/examples/push-gift.php', room, ...args], {
    cwd: repositoryRoot,
    env: { ...process.env, DANMUX_URL: api, DANMUX_API_KEY: key },
  });
  return stdout;
}

/** Saves a screenshot in artifacts/, which git ignores. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const file = join(repositoryRoot, 'artifacts/screenshots', `${name}.png`);
  await mkdir(dirname(file), { recursive: true });
  await page.screenshot({ path: file });
}
