// Announces a process that does not run, with the digests of a config, so that a test needs no second process to compare configs.
import type { Bus } from '@danmux/bus';
import { type Config, digestConfig } from '@danmux/runtime';

/** Longer than any test lets pass, also on a fake clock. */
const ttlMs = 10 ** 9;

/** `id` is like `edge@a`, with the role before the `@`. Without a config it is a process of an older version, which announces no digests. */
export async function announceMember(bus: Pick<Bus, 'members'>, id: string, config?: Config): Promise<void> {
  const role = id.slice(0, id.indexOf('@'));
  const settings = config ? { settings: digestConfig(config, role) } : {};
  await bus.members.announce({ id, role, address: '', version: '0', load: 0, ...settings }, ttlMs);
}
