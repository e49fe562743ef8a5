// Runs client programs against a real edge: small and large frames, messages of the clients, and a graceful restart of the edge on the same
// port. One row for each client: what it was due and got, its compression, and how soon it was back. It judges nothing.
import { acceptPublication, createBus } from '@danmux/bus';
import { createRuntime } from '@danmux/runtime';
import { type EdgeFixture, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf, type Settings, testConfig } from '@danmux/testkit/unit';
import { type Handshake, recordHandshakes } from './handshakes.ts';
import { type ClientSpec, MatrixClient } from './matrix-client.ts';

export interface MatrixRow {
  readonly client: string;
  readonly version: string;
  readonly offered: string;
  readonly answered: string;
  readonly due: number;
  readonly got: number;
  /** Chats of the client that the edge accepted, of three per join. */
  readonly sent: number;
  /** Seconds from the restarted edge to the client's join; undefined when it did not come back in time. */
  readonly backS: number | undefined;
  /** The last lines of the client's output. */
  readonly log: string;
}

const room = 'live:matrix';
/** Number of gifts published at once. Together they are many times larger than one frame. */
const burst = 150;
const settings = { shedding: 'off', 'edge.drain_ms': 500, 'edge.deflate': true };

/** `waitMs`: longest wait for a join, for the messages, and for the client to come back. */
export async function runMatrix(specs: readonly ClientSpec[], waitMs: number): Promise<MatrixRow[]> {
  const bus = createBus(createRuntime({ config: testConfig({ shards: 4 }), role: 'matrix', version: '0', processMetrics: false }));
  await bus.start();
  const handshakes = new Map<string, Handshake>();
  const stopRecording = recordHandshakes((url, handshake) => {
    const client = new URL(url, 'http://edge').searchParams.get('matrix');
    if (client !== null && !handshakes.has(client)) handshakes.set(client, handshake);
  });
  let { edge, close } = await open(settings, bus);
  const { url } = edge;
  const clients: MatrixClient[] = [];
  const soon = (check: () => void) => eventually(check, { timeoutMs: waitMs, everyMs: 50 }).catch(() => {});
  try {
    for (const [index, spec] of specs.entries()) {
      const env = { URL: url, TOKEN: await edge.token(`client${index}`, {}, 3_600), ROOM: room, MATRIX: String(index) };
      clients.push(new MatrixClient(spec, env));
    }
    await soon(() => each(clients, ({ joins, sent }) => joins.length > 0 && sent === 3));
    const first = await publish(edge, 'before', burst);
    await soon(() => each(clients, ({ got }) => got.length >= first));
    await edge.edge.drain();
    await close();
    ({ edge, close } = await open({ ...settings, 'edge.port': Number(new URL(url).port) }, bus));
    const restarted = performance.now();
    await soon(() => each(clients, ({ joins, sent }) => joins.length > 1 && sent === 6));
    const due = first + (await publish(edge, 'after', 20));
    await soon(() => each(clients, ({ got, joins }) => got.length >= due || joins.length < 2));
    return clients.map((client, index) => rowOf(client, due, restarted, handshakes.get(String(index))));
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
    await close();
    stopRecording();
    await bus.stop();
  }
}

async function open(set: Settings, bus: EdgeFixture['bus']): Promise<{ edge: EdgeFixture; close: () => Promise<void> }> {
  let close = async () => {};
  const owner = ownerOf((closeAll) => {
    close = closeAll;
  });
  return { edge: await startEdge(owner, set, bus), close };
}

function each(clients: readonly MatrixClient[], done: (client: MatrixClient) => boolean): void {
  if (!clients.every(done)) throw new Error('some clients are not done');
}

/** Publishes gifts of 1.5 KB in one batch, so that the relay puts many gifts into one frame. Returns the number of gifts. */
async function publish({ bus, runtime }: EdgeFixture, name: string, count: number): Promise<number> {
  const { types } = runtime.config.messages;
  const gifts = Array.from({ length: count }, (_, index) => ({
    room,
    type: 'gift',
    id: `${name}${index}`,
    data: { gift: `${name}${index}`, text: '礼'.repeat(500) },
  }));
  await bus.ingress.publish(gifts.map((gift) => acceptPublication(gift, { types, maxData: 10_000, now: Date.now() })));
  return count;
}

function rowOf({ spec, version, got, sent, joins, log }: MatrixClient, due: number, restarted: number, handshake: Handshake | undefined): MatrixRow {
  const { offered = '-', answered = '-' } = handshake ?? {};
  const back = joins.find((at) => at > restarted);
  return {
    client: spec.name,
    version,
    offered,
    answered,
    due,
    got: new Set(got).size,
    sent,
    backS: back === undefined ? undefined : (back - restarted) / 1_000,
    log,
  };
}
