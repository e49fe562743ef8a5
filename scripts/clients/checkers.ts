// Checkers of the OpenAPI document: `redocly lint` for its form, and schemathesis for an api that answers as the document says.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasPip, npmInstall, pipInstall, type Work } from './generator.ts';
import { run } from './tool.ts';

export interface Checker {
  readonly name: string;
  readonly version: string;
  /** Throws `MissingTool` when this machine cannot run the checker. */
  readonly check: () => Promise<void>;
  /** Resolves with the text of the column `calls`; rejects with the findings. */
  readonly run: (work: Work, api: { readonly url: string; readonly key: string }) => Promise<string>;
}

const redocly: Checker = {
  ...{ name: 'redocly lint', version: '2.77.0' },
  check: async () => {},
  run: async ({ folder, document }) => {
    await npmInstall(folder, [`@redocly/cli@${redocly.version}`]);
    await run({ command: 'node_modules/.bin/redocly', args: ['lint', document], cwd: folder, env: { REDOCLY_TELEMETRY: 'off' } });
    return 'clean';
  },
};

/** Fixed, so that a finding can be repeated. */
const seed = 1;
const examplesPerRoute = 30;

const schemathesis: Checker = {
  ...{ name: `schemathesis, seed ${seed}, ${examplesPerRoute} examples a route`, version: '4.32.5' },
  check: hasPip,
  run: async ({ folder }, { url, key }) => {
    const env = await pipInstall(folder, [`schemathesis==${schemathesis.version}`, 'hypothesis==6.170.17']);
    const config = join(folder, 'schemathesis.toml');
    await writeFile(config, `seed = ${seed}\ncontinue-on-failure = true\nhooks = "hooks"\n[output.sanitization]\nenabled = false\n`);
    const hooks = fileURLToPath(new URL('schemathesis', import.meta.url));
    const options = ['-n', String(examplesPerRoute), '-H', `Authorization: Bearer ${key}`];
    const output = await run({
      command: 'python3',
      args: [join(folder, 'site/bin/st'), '--config-file', config, 'run', `${url}/openapi.json`, ...options],
      cwd: folder,
      env: { PYTHONPATH: `${env['PYTHONPATH']}:${hooks}`, NO_COLOR: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    return `${/(\d+) generated/.exec(output)?.[1] ?? '?'} ok`;
  },
};

export const checkers: readonly Checker[] = [redocly, schemathesis];
