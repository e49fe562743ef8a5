// The load of a soak: a few busy rooms with viewers that stay, and a steady flow of new rooms that are used, moderated and left. It
// exercises everything that stores something in a process or in Redis.
import { randomUUID } from 'node:crypto';
import { type Backend, TestViewer, testSecrets } from '@danmux/testkit';

const busyRooms = 5;
const viewersOfBusyRoom = 20;
/** New rooms per second. */
const newRoomsPerSecond = 5;

export interface ChurnOptions {
  readonly apiUrl: string;
  readonly edgeUrls: readonly string[];
  readonly backend: Backend;
}

export class Churn {
  readonly #options: ChurnOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #viewers: TestViewer[] = [];
  #rooms = 0;
  /** Number of failures by message. */
  readonly failures = new Map<string, number>();
  /** Successful requests and joins. */
  done = 0;

  constructor(options: ChurnOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const token = await this.#token('watcher');
    for (let index = 0; index < busyRooms * viewersOfBusyRoom; index++) this.#viewers.push(this.#viewer(`busy:${index % busyRooms}`, token, index));
    await Promise.all(this.#viewers.map((viewer) => viewer.joined()));
    this.#every(1_000 / newRoomsPerSecond, () => this.#roomFromBeginningToEnd());
    this.#every(100, () => this.#busy());
    this.#every(10_000, () => this.#replaceViewer());
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#underWay);
    for (const viewer of this.#viewers) viewer.close();
  }

  /** Drops the messages that viewers have collected; a soak does not need them. */
  forget(): void {
    for (const viewer of this.#viewers) for (const kept of [viewer.msgs, viewer.delays, viewer.arrivals, viewer.presence]) kept.length = 0;
  }

  async #roomFromBeginningToEnd(): Promise<void> {
    const number = ++this.#rooms;
    const room = `churn:${number}`;
    const viewer = this.#viewer(room, await this.#token(`user-${number}`), number);
    try {
      await viewer.joined(20_000);
      await viewer.send('chat', { text: `第 ${number} 间` }, randomUUID());
      await viewer.send('like', { count: 1 }, randomUUID());
      await this.#call('POST', `/v1/rooms/${room}/messages`, { type: 'gift', from: { id: 'u1' }, data: { gift: 'rose', count: 1 }, receipt: true });
      await this.#call('PATCH', `/v1/rooms/${room}`, { modes: { slow_ms: 1_000 } });
      await this.#call('PUT', `/v1/rooms/${room}/mutes/user-${number}`, { for_ms: 2_000 });
      await this.#call('POST', `/v1/users/user-${number}/messages`, { type: 'notice', data: { coins: 5 } });
      await this.#call('PATCH', `/v1/rooms/${room}`, { modes: { slow_ms: null } });
    } finally {
      viewer.close();
    }
  }

  async #busy(): Promise<void> {
    const room = `busy:${Math.floor(Math.random() * busyRooms)}`;
    const id = randomUUID();
    await this.#call('POST', `/v1/rooms/${room}/messages`, { type: 'chat', data: { text: '弹幕', id } });
    await this.#call('POST', `/v1/rooms/${room}/messages`, { type: 'gift', id, data: { gift: 'rocket', count: 1, combo_id: room }, from: { id: 'u1' } }, id);
    if (Math.random() < 0.1) await this.#call('POST', `/v1/rooms/${room}/messages`, { type: 'chat', data: { text: '稍后' }, delay_ms: 2_000 });
    if (Math.random() < 0.1) await this.#call('DELETE', `/v1/rooms/${room}/messages/${id}`);
  }

  async #replaceViewer(): Promise<void> {
    const index = Math.floor(Math.random() * this.#viewers.length);
    this.#viewers[index]?.close();
    // Reconnect to the same edge, or the viewers would gather on one edge.
    const viewer = this.#viewer(`busy:${index % busyRooms}`, await this.#token('watcher'), index);
    this.#viewers[index] = viewer;
    await viewer.joined(20_000);
  }

  #viewer(room: string, token: string, edge: number): TestViewer {
    return new TestViewer({ urls: this.#options.edgeUrls, room, token, history: 20 }, edge);
  }

  async #token(user: string): Promise<string> {
    return ((await this.#call('POST', '/v1/tokens', { sub: user })) as { token: string }).token;
  }

  async #call(method: string, path: string, body?: object, key?: string): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${testSecrets.DANMUX_API_KEY}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    const request = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}), signal: AbortSignal.timeout(10_000) };
    const response = await fetch(`${this.#options.apiUrl}${path}`, request);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path.replace(/[^/]*\d[^/]*/g, '*')}: ${response.status}`);
    this.done++;
    return text === '' ? undefined : JSON.parse(text);
  }

  #every(ms: number, work: () => Promise<void>): void {
    this.#timers.push(
      setInterval(() => {
        // Skip a turn while 200 are under way, so that hanging calls do not pile up.
        if (this.#underWay.size >= 200) return;
        const running = work().catch((error: unknown) => {
          const text = (error as Error).message;
          this.failures.set(text, (this.failures.get(text) ?? 0) + 1);
        });
        this.#underWay.add(running);
        void running.finally(() => this.#underWay.delete(running));
      }, ms),
    );
  }
}
