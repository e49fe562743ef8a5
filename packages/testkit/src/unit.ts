// Fixtures for unit tests: config, runtime, bus, wrappers of a bus, and `eventually`. Functions with an `owner` parameter close what they
// create when the owner ends. No fixture here starts a role, and only `startRedis` starts a process.
import { acceptPublication, type Bus, createBus, type Publication } from '@danmux/bus';
import { type Config, createRuntime, loadConfig, type Runtime } from '@danmux/runtime';
import { closeAfter, type Owner } from './teardown.ts';

export { announceMember } from './announced-member.ts';
export { claimsWith } from './claims-with.ts';
export { type EventuallyOptions, eventually } from './eventually.ts';
export { type CallName, type Gate, gated, type HeldCalls } from './gated.ts';
export { type RedisServer, startRedis } from './redis-server.ts';
export { closeAfter, type Owner, ownerOf } from './teardown.ts';

export type Settings = Readonly<Record<string, unknown>>;

export type TestRuntimeOptions = Partial<Omit<Parameters<typeof createRuntime>[0], 'config' | 'processMetrics'>>;

/** The API key and token secret in every test config. */
export const testKey = 'k'.repeat(32);
export const testTokenSecret = 's'.repeat(32);

/** The default config with the settings in `set`, whose keys are full paths. It reads no config files or environment variables; logs are off. */
export function testConfig(set: Settings = {}): Config {
  const fixed = { 'viewer.token_secret': testTokenSecret, 'api.key': testKey, 'log.level': 'silent' };
  return loadConfig({ environment: 'test', dir: 'none', env: {}, set: { ...fixed, ...set } }).config;
}

export function testRuntime(owner: Owner, set: Settings = {}, { role = 'test', version = '0', ...rest }: TestRuntimeOptions = {}): Runtime {
  const runtime = createRuntime({ config: testConfig(set), role, version, processMetrics: false, ...rest });
  closeAfter(owner, () => runtime.counted.stop());
  return runtime;
}

/** Creates a bus of the configured engine (default memory) without starting it; stops it when the owner ends. */
export function testBus(owner: Owner, runtime: Runtime = testRuntime(owner)): Bus {
  const bus = createBus(runtime);
  closeAfter(owner, () => bus.stop());
  return bus;
}

/** Creates a publication as the api and the edge do when a message is published. */
export function testPublication(config: Config, room: string, type: string, id?: string, data: unknown = { n: id ?? 'x' }): Publication {
  const incoming = { room, type, data, ...(id === undefined ? {} : { id }) };
  return acceptPublication(incoming, { types: config.messages.types, maxData: 1_000, now: 1_700_000_000_000 });
}
