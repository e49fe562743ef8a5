// Fixtures of the conformance suite: the engine under test, publications as an acceptor builds them and commits as a relay builds them.
// Contains no assertions about the contract.
import assert from 'node:assert/strict';
import type { Lane } from '@danmux/protocol';
import type { Clock, Config } from '@danmux/runtime';
import { acceptPublication, numberedMessage } from '../../src/accept.ts';
import type { Bus } from '../../src/bus.ts';
import type { BusFrame } from '../../src/contract/frames.ts';
import type { Pending, Publication } from '../../src/contract/ingress.ts';
import type { Lease } from '../../src/contract/leases.ts';
import type { Commit, Heads } from '../../src/contract/streams.ts';
import { shardLease, shardOf } from '../../src/shard.ts';

export interface Engine {
  readonly bus: Bus;
  readonly config: Config;
  /** The clock that the bus uses. */
  readonly clock: Clock;
  /** Deletes all data, like a store that restarts empty. */
  wipe(): Promise<void>;
  /** Reverts a room to older heads, like a store restored from a backup. */
  rollBack(room: string, heads: Heads): Promise<void>;
  close(): Promise<void>;
}

export type MakeEngine = (set?: Readonly<Record<string, unknown>>) => Promise<Engine>;

const types = { gift: 'gift', chat: 'chat', notice: 'control', like: 'ambient' } as const;

export const message = (config: Config, room: string, type: keyof typeof types, id?: string, data: unknown = { n: id ?? 'x' }): Publication =>
  acceptPublication({ room, type, data, ...(id === undefined ? {} : { id }) }, { types: config.messages.types, maxData: 1_000, now: 1_700_000_000_000 });

export const readIds = async (bus: Bus, shard: number, lane: Lane) => (await bus.ingress.read(shard, lane, undefined, 1_000)).map(({ id }) => id);

export const owned = async (bus: Bus, room: string, config: Config, owner = 'me', ttlMs = 60_000): Promise<Lease> => {
  const lease = await bus.leases.acquire(shardLease(shardOf(room, config.shards)), owner, ttlMs);
  assert.ok(lease, 'the lease was free');
  return lease;
};

/** Builds the commit that a relay would make of the waiting entries of one lane. */
export const commitOf = async (
  { bus, config }: Pick<Engine, 'bus' | 'config'>,
  room: string,
  lane: 'control' | 'gift' | 'chat',
  lease: Lease,
  pending?: readonly Pending[],
): Promise<Commit> => {
  const waiting = pending ?? (await bus.ingress.read(shardOf(room, config.shards), lane, undefined, 1_000)).filter((one) => one.room === room);
  const heads = await bus.streams.heads(room);
  const from = heads.offsets[lane];
  const messages = waiting.map((one, index) => numberedMessage(one, from + index + 1));
  const frame: BusFrame = {
    head: { room, epoch: heads.epoch, ranges: { [lane]: [from + 1, from + messages.length] }, counts: { [lane]: messages.length }, characters: {}, traces: [] },
    payload: `{"room":"${room}","msgs":[${messages.join(',')}]}`,
  };
  return {
    room,
    lease,
    expected: heads,
    messages: { [lane]: messages },
    entries: { [lane]: waiting.map(({ entry }) => entry) },
    frame,
    counts: { sequenced: { [lane]: messages.length } },
  };
};

export const listenTo = async (bus: Bus, room: string) => {
  const frames: BusFrame[] = [];
  await bus.frames.subscribe(room, { frame: (frame) => frames.push(frame), resumed: () => {} });
  return frames;
};

export const offsetsOf = (texts: readonly string[]) => texts.map((text) => (JSON.parse(text) as { offset: number }).offset);
