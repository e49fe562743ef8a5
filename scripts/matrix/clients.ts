// The client programs of the matrix. JavaScript and Python always run. Java, Go and Rust run where their build tools are installed; building
// them downloads libraries from the registries of these languages.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClientSpec } from './matrix-client.ts';

const folder = (path: string) => fileURLToPath(new URL(`clients/${path}`, import.meta.url));
const transports = ['websocket', 'polling'] as const;
/** Longest time of one build command. The first build of the Rust client takes minutes. */
const buildMs = 1_800_000;
/** Where the built programs go; not a part of the repository. */
const built = fileURLToPath(new URL('../../.danmux/matrix', import.meta.url));

/** A program with a server library of Pusher; it reads calls on stdin and prints the answers. */
export interface PusherSpec {
  readonly name: string;
  readonly version: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface BuiltClients {
  readonly clients: readonly ClientSpec[];
  readonly pusher: readonly PusherSpec[];
  /** One line for each language that cannot be tried here, with what it needs. */
  readonly missing: readonly string[];
}

/** The stock clients of JavaScript and Python, over both transports, and with compression where the client can. */
export function scriptClients(python: string): ClientSpec[] {
  const js = (transport: ClientSpec['transport'], deflate: boolean): ClientSpec => ({
    ...{ name: `socket.io-client, ${transport}`, command: process.execPath, args: [folder('viewer.mjs')], transport, deflate },
  });
  const py = (kind: string, transport: ClientSpec['transport']): ClientSpec => ({
    ...{ name: `python-socketio ${kind}, ${transport}`, command: python, args: [folder('viewer.py')], transport, deflate: false, env: { KIND: kind } },
  });
  const aiohttp = (deflate: boolean): ClientSpec => ({
    ...{ name: 'aiohttp, websocket', command: python, args: [folder('bare_viewer.py')], transport: 'websocket', deflate },
  });
  return [
    ...[js('websocket', true), js('websocket', false), js('polling', false)],
    ...['sync', 'async'].flatMap((kind) => transports.map((transport) => py(kind, transport))),
    ...[aiohttp(true), aiohttp(false)],
  ];
}

/** Builds the clients of the other languages. */
export function builtClients(): BuiltClients {
  mkdirSync(built, { recursive: true });
  const parts = [javaClients, goClients, rustClients].map((build) => build());
  return {
    clients: parts.flatMap(({ clients }) => clients),
    pusher: parts.flatMap(({ pusher }) => pusher),
    missing: parts.flatMap(({ missing }) => missing),
  };
}

function javaClients(): BuiltClients {
  return buildWith('Java', 'a JDK from 17 with javac and Maven with the command mvn', () => {
    const [lib, classes, pom] = [`${built}/java/lib`, `${built}/java/classes`, folder('java/pom.xml')];
    run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`]);
    mkdirSync(classes, { recursive: true });
    const sources = ['Viewer', 'PusherCalls'].map((name) => folder(`java/src/main/java/${name}.java`));
    run('javac', ['-d', classes, '-cp', `${lib}/*`, ...sources]);
    const versionOf = (artifact: string) => new RegExp(`<artifactId>${artifact}</artifactId><version>([^<]+)`).exec(readFileSync(pom, 'utf8'))?.[1] ?? '?';
    const java = (kind: string, artifact: string, transport: ClientSpec['transport'], deflate: boolean): ClientSpec => ({
      ...{ name: `${artifact} (Java), ${transport}`, command: 'java', args: ['-cp', `${classes}:${lib}/*`, 'Viewer', kind], transport, deflate },
      env: { VERSION: versionOf(artifact) },
    });
    const [artifact, calls] = ['pusher-http-java', ['-cp', `${classes}:${lib}/*`, 'PusherCalls']];
    const clients = [
      ...transports.map((transport) => java('socketio', 'socket.io-client', transport, false)),
      ...[true, false].flatMap((deflate) => [
        java('netty', 'netty-codec-http', 'websocket', deflate),
        java('jetty', 'jetty-websocket-jetty-client', 'websocket', deflate),
        java('java-websocket', 'Java-WebSocket', 'websocket', deflate),
      ]),
    ];
    return { clients, pusher: [{ name: artifact, version: versionOf(artifact), command: 'java', args: calls }] };
  });
}

function goClients(): BuiltClients {
  return buildWith('Go', 'Go from 1.24 with the command go', () => {
    const program = `${built}/go-viewer`;
    run('go', ['build', '-o', program, '.'], folder('go'));
    const versionOf = (module: string) => new RegExp(`${module} (\\S+)`).exec(readFileSync(folder('go/go.mod'), 'utf8'))?.[1] ?? '?';
    const go = (kind: string, module: string, transport: ClientSpec['transport'], deflate: string): ClientSpec => ({
      ...{ name: `${module.replace('github.com/', '')} (Go), ${transport}`, command: program, args: [kind], transport, deflate: deflate !== 'off' },
      env: { VERSION: versionOf(module), DEFLATE: deflate },
    });
    const [socketIo, coder, gorilla] = ['github.com/zishang520/socket.io/clients/socket/v3', 'github.com/coder/websocket', 'github.com/gorilla/websocket'];
    const clients = [
      ...transports.map((transport) => go('socketio', socketIo, transport, 'off')),
      ...['on', 'alone', 'off'].map((deflate) => go('coder', coder, 'websocket', deflate)),
      ...['on', 'off'].map((deflate) => go('gorilla', gorilla, 'websocket', deflate)),
    ];
    return { clients, pusher: [] };
  });
}

function rustClients(): BuiltClients {
  return buildWith('Rust', 'Rust from 1.85 with the command cargo', () => {
    run('cargo', ['build', '--release', '--quiet', '--manifest-path', folder('rust/Cargo.toml'), '--target-dir', `${built}/rust`]);
    const version = /rust_socketio = \{? ?(?:version = )?"=?([^"]+)/.exec(readFileSync(folder('rust/Cargo.toml'), 'utf8'))?.[1] ?? '?';
    const clients = transports.map((transport) => ({
      ...{ name: `rust_socketio, ${transport}`, command: `${built}/rust/release/viewer`, args: [], transport, deflate: false, env: { VERSION: version } },
    }));
    return { clients, pusher: [] };
  });
}

function buildWith(language: string, needs: string, build: () => Pick<BuiltClients, 'clients' | 'pusher'>): BuiltClients {
  try {
    return { ...build(), missing: [] };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const late = `its build took longer than ${buildMs / 60_000} minutes; run again, and it continues where it stopped`;
    const reason = code === 'ENOENT' ? `it needs ${needs}` : code === 'ETIMEDOUT' ? late : (message.split('\n').slice(0, 6).join('\n  ') ?? 'its build failed');
    return { clients: [], pusher: [], missing: [`${language}: not tried; ${reason}`] };
  }
}

function run(command: string, args: readonly string[], cwd?: string): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: buildMs, ...(cwd === undefined ? {} : { cwd }) });
}
