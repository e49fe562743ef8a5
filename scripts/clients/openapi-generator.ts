// The generators of openapi-generator: Java, PHP, Python and typescript-fetch. All use one jar, which Maven downloads once.
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addProgram, checkTypescript, type Generator, hasPip, mypy, npmInstall, pipInstall, pythonPath, typescriptPackages, type Work } from './generator.ts';
import { MissingTool, mustHave, run } from './tool.ts';

const version = '7.25.0';

async function hasJava(): Promise<void> {
  await mustHave('a JDK from 17 (Debian: default-jdk-headless)', 'javac', '-version');
  await mustHave('Maven (Debian: maven)', 'mvn', '--version');
}

async function generate({ folder, shared, document }: Work, language: string): Promise<void> {
  const jar = join(shared, `openapi-generator-cli-${version}.jar`);
  const artifact = `org.openapitools:openapi-generator-cli:${version}`;
  if (!existsSync(jar)) await run({ command: 'mvn', args: ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${shared}`] });
  await run({ command: 'java', args: ['-jar', jar, 'generate', '-g', language, '-i', document, '-o', join(folder, 'client')] });
}

async function compileJava(work: Work): Promise<void> {
  const { folder } = work;
  const lib = join(folder, 'lib');
  await addProgram(work, 'Calls.java');
  await run({
    command: 'mvn',
    args: ['-q', '-B', '-f', 'client/pom.xml', 'dependency:copy-dependencies', '-DincludeScope=compile', `-DoutputDirectory=${lib}`],
    cwd: folder,
  });
  await mkdir(join(folder, 'classes'));
  const sources = (await filesBelow(join(folder, 'client/src/main/java'))).filter((file) => file.endsWith('.java'));
  await writeFile(join(folder, 'sources'), [...sources, join(folder, 'Calls.java')].join('\n'));
  await run({ command: 'javac', args: ['-nowarn', '-encoding', 'UTF-8', '-d', 'classes', '-cp', `${lib}/*`, '@sources'], cwd: folder });
}

const filesBelow = async (folder: string) => (await readdir(folder, { recursive: true })).map((file) => join(folder, file));

/** Path of the file that loads Guzzle; throws when PHP or Guzzle is missing. */
async function guzzle(): Promise<string> {
  await mustHave('PHP from 8.1 with curl and mbstring (Debian: php-cli php-curl php-mbstring)', 'php', '-r', 'exit(extension_loaded("curl") ? 0 : 1);');
  const path = await run({ command: 'php', args: ['-r', 'echo stream_resolve_include_path("GuzzleHttp/autoload.php") ?: "";'] });
  if (path === '') throw new MissingTool('Guzzle 7 in the include path of PHP (Debian: php-guzzlehttp-guzzle)');
  return path;
}

async function compilePhp(work: Work): Promise<void> {
  await addProgram(work, 'calls.php');
  const files = (await filesBelow(join(work.folder, 'client/lib'))).filter((file) => file.endsWith('.php'));
  // One process for all files: `require` compiles a file, and fails when a class does not fit its interface.
  const check =
    'require $argv[1]; spl_autoload_register(fn($class) => require $argv[2] . str_replace(["OpenAPI\\\\Client", "\\\\"], ["", "/"], $class) . ".php"); ' +
    'foreach (array_slice($argv, 3) as $file) { require_once $file; }';
  await run({ command: 'php', args: ['-d', 'error_reporting=-1', '-r', check, '--', await guzzle(), join(work.folder, 'client/lib'), ...files] });
  await run({ command: 'php', args: ['-l', join(work.folder, 'calls.php')] });
}

const java: Generator = {
  ...{ name: 'openapi-generator java', version },
  check: hasJava,
  generate: (work) => generate(work, 'java'),
  compile: compileJava,
  calls: ({ folder }) => ({ command: 'java', args: ['-cp', 'classes:lib/*', 'Calls'], cwd: folder }),
};

const php: Generator = {
  ...{ name: 'openapi-generator php', version },
  check: async () => {
    await hasJava();
    await guzzle();
  },
  generate: (work) => generate(work, 'php'),
  compile: compilePhp,
  calls: ({ folder }) => ({ command: 'php', args: ['calls.php'], cwd: folder }),
};

const python: Generator = {
  ...{ name: 'openapi-generator python', version },
  check: async () => {
    await hasJava();
    await hasPip();
  },
  generate: async (work) => {
    await generate(work, 'python');
    await pipInstall(work.folder, ['pydantic==2.14.4', 'urllib3==2.8.0', 'python-dateutil==2.9.0.post0', 'typing-extensions==4.16.0', mypy]);
  },
  compile: async (work) => {
    await addProgram(work, 'openapi_generator_calls.py', 'calls.py');
    // The generated `configuration.py` does not pass mypy with a server variable that has no enum, and the field `from` needs pydantic's plugin.
    const settings =
      '[mypy]\nplugins = pydantic.mypy\n[mypy-openapi_client.configuration]\nignore_errors = True\n[mypy-dateutil.*]\nignore_missing_imports = True\n';
    await writeFile(join(work.folder, 'mypy.ini'), settings);
    const env = pythonEnvironment(work);
    await run({ command: 'python3', args: ['-m', 'compileall', '-q', 'client/openapi_client'], cwd: work.folder, env });
    await run({ command: 'python3', args: ['-m', 'mypy', 'calls.py'], cwd: work.folder, env });
  },
  calls: (work) => ({ command: 'python3', args: ['calls.py'], cwd: work.folder, env: pythonEnvironment(work) }),
};

const pythonEnvironment = ({ folder }: Work) => ({ ...pythonPath(folder, join(folder, 'client')), MYPYPATH: join(folder, 'client') });

const typescriptFetch: Generator = {
  ...{ name: 'openapi-generator typescript-fetch', version },
  check: hasJava,
  generate: async (work) => {
    await generate(work, 'typescript-fetch');
    await npmInstall(work.folder, typescriptPackages);
  },
  compile: (work) => checkTypescript(work, 'typescript-fetch.ts.txt'),
  calls: ({ folder }) => ({ command: 'node_modules/.bin/tsx', args: ['calls.ts'], cwd: folder }),
};

export const openApiGenerators: readonly Generator[] = [java, php, python, typescriptFetch];
