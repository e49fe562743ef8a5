// One danmux in a process of its own, beside which the commands and programs of the pages run, and the folder they run in: links to the
// files of the repository, and the secrets of this danmux. Its settings are those that examples/README.md shows.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, freePorts, startNodeProcess, testSecrets } from '@danmux/testkit';
import { closeAfter, type Owner } from '@danmux/testkit/unit';
import { root } from './pages.ts';
import { blocksOf } from './ways.ts';

export interface RunningDanmux {
  readonly api: string;
  readonly edge: string;
  readonly key: string;
  /** Where `examples/php/webhook.php` listens, to which this danmux sends its webhooks. */
  readonly receiver: string;
  /** The folder that stands for the checkout. */
  readonly checkout: string;
  readonly env: Readonly<Record<string, string>>;
  /** The text of a page with the addresses of this danmux. */
  withAddresses(text: string): string;
}

/** A folder with links to every file and folder of the repository but `.danmux`. */
function linkCheckout(owner: Owner): string {
  const checkout = mkdtempSync(join(tmpdir(), 'danmux-checkout-'));
  closeAfter(owner, () => rmSync(checkout, { recursive: true, force: true }));
  for (const name of readdirSync(root)) if (!['.danmux', '.git'].includes(name)) symlinkSync(join(root, name), join(checkout, name));
  mkdirSync(join(checkout, '.danmux'));
  writeFileSync(join(checkout, '.danmux/secrets.json'), JSON.stringify({ api_key: testSecrets.DANMUX_API_KEY }));
  return checkout;
}

export async function startRunningDanmux(owner: Owner): Promise<RunningDanmux> {
  const checkout = linkCheckout(owner);
  const [first, receiverPort] = [await freePorts(2), await freePort()];
  const [edge, api, receiver] = [`http://127.0.0.1:${first}`, `http://127.0.0.1:${first + 1}`, `http://127.0.0.1:${receiverPort}`];
  const addresses: readonly (readonly [shown: string, real: string])[] = [
    ['http://127.0.0.1:7800', api],
    ['http://127.0.0.1:7700', edge],
    ['127.0.0.1:8080', receiver.slice('http://'.length)],
    ['https://live.example.com/v1/', `${api}/v1/`],
    ['https://live.example.com/sdk/', `${api}/sdk/`],
    ['https://live.example.com', edge],
    ['https://danmux.example', api],
  ];
  const withAddresses = (text: string) => addresses.reduce((changed, [shown, real]) => changed.replaceAll(shown, real), text);
  const config = join(checkout, '.danmux/config');
  mkdirSync(config);
  const settings = blocksOf('settings').find(({ file }) => file === 'examples/README.md');
  writeFileSync(join(config, 'default.yaml'), withAddresses(settings?.text ?? ''));
  const own = { DANMUX_CONFIG_DIR: config, DANMUX_EDGE_PORT: String(first), DANMUX_API_PORT: String(first + 1) };
  const set = ['viewer.allow_guests=true', 'receipts.timeout_ms=1000', 'edge.drain_ms=100', 'api.drain_ms=100', 'webhooks.vacated_after_ms=300'];
  const process = startNodeProcess('danmux', { roles: 'all', env: own, set });
  closeAfter(owner, () => process.stop());
  await process.ready;
  const env = {
    ...{ DANMUX_URL: api, DANMUX_EDGE_URL: edge, KEY: testSecrets.DANMUX_API_KEY, ...testSecrets },
    ...{ PYTHONDONTWRITEBYTECODE: '1', NODE_ENV: 'test', DANMUX_API_PORT: String(first + 1) },
  };
  return { api, edge, receiver, key: testSecrets.DANMUX_API_KEY, checkout, env, withAddresses };
}
