// The code generators that `npm run clients` tries, with their versions. Generators of one language share its tools.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addProgram, checkTypescript, type Generator, hasPip, mypy, npmInstall, pipInstall, pythonPath, typescriptPackages } from './generator.ts';
import { openApiGenerators } from './openapi-generator.ts';
import { mustHave, run } from './tool.ts';

const oapiCodegen: Generator = {
  ...{ name: 'oapi-codegen (Go)', version: '2.8.2' },
  check: () => mustHave('Go from 1.24 (Debian: golang-go)', 'go', 'version'),
  generate: async ({ folder, document }) => {
    const config = 'package: api\noutput: api/api.gen.go\ngenerate:\n  models: true\n  client: true\n';
    const goModule = 'module danmux/calls\n\ngo 1.24\n\nrequire github.com/oapi-codegen/runtime v1.9.0\n';
    await mkdir(join(folder, 'api'));
    await Promise.all([writeFile(join(folder, 'config.yaml'), config), writeFile(join(folder, 'go.mod'), goModule)]);
    const tool = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen';
    await run({ command: 'go', args: ['install', `${tool}@v${oapiCodegen.version}`], cwd: folder, env: { GOBIN: join(folder, 'bin') } });
    await run({ command: join(folder, 'bin/oapi-codegen'), args: ['-config', 'config.yaml', document], cwd: folder });
  },
  compile: async (work) => {
    await addProgram(work, 'calls.go');
    const env = { GOFLAGS: '-mod=mod' };
    await run({ command: 'go', args: ['vet', './...'], cwd: work.folder, env });
    await run({ command: 'go', args: ['build', '-o', 'calls', '.'], cwd: work.folder, env });
  },
  calls: ({ folder }) => ({ command: join(folder, 'calls'), args: [] }),
};

const openApiTypescript: Generator = {
  ...{ name: 'openapi-typescript', version: '7.13.0' },
  check: async () => {},
  generate: async ({ folder, document }) => {
    await npmInstall(folder, [`openapi-typescript@${openApiTypescript.version}`, 'openapi-fetch@0.15.0', ...typescriptPackages]);
    await run({ command: 'node_modules/.bin/openapi-typescript', args: [document, '-o', 'client/api.d.ts'], cwd: folder });
  },
  compile: (work) => checkTypescript(work, 'openapi-typescript.ts.txt'),
  calls: ({ folder }) => ({ command: 'node_modules/.bin/tsx', args: ['calls.ts'], cwd: folder }),
};

const openApiPythonClient: Generator = {
  ...{ name: 'openapi-python-client', version: '0.29.1' },
  check: hasPip,
  generate: async ({ folder, document }) => {
    const packages = [`openapi-python-client==${openApiPythonClient.version}`, 'httpx==0.28.1', 'attrs==26.1.0', mypy];
    const env = await pipInstall(folder, packages);
    await run({ command: 'python3', args: ['-m', 'openapi_python_client', 'generate', '--path', document, '--output-path', 'client'], cwd: folder, env });
  },
  compile: async (work) => {
    await addProgram(work, 'openapi_python_client_calls.py', 'calls.py');
    const { folder } = work;
    await run({ command: 'python3', args: ['-m', 'mypy', 'client/danmux_admin_api_client', 'calls.py'], cwd: folder, env: pythonPath(folder) });
  },
  calls: ({ folder }) => ({ command: 'python3', args: ['calls.py'], cwd: folder, env: pythonPath(folder, join(folder, 'client')) }),
};

export const generators: readonly Generator[] = [oapiCodegen, openApiPythonClient, openApiTypescript, ...openApiGenerators];
