// The state of a chat: lines, number of viewers, latest gift, notices, and the obstacle to sending. It listens to one room at a time and draws
// nothing.
import { DanmuxError, errors, type From, isStreamLane, type Msg, type Notice, type StreamLane, streamLanes } from '@danmux/protocol';
import { type AnyRoom, textOf } from '@danmux/sdk';
import type { Entry } from './chat-entry.ts';
import { ChatLog } from './chat-log.ts';
import { SendRules } from './send-rules.ts';
import { errorText, type Texts } from './texts.ts';
import type { TokenUser } from './token-user.ts';

/** Milliseconds for which the latest gift is shown above the list; a gift that is older when it is received is not shown there. */
const latestGiftMs = 10_000;
const readBack = 50;
/** Milliseconds after which history that could not be loaded is requested again. */
const readAgainMs = 2_000;

export interface ChatSessionHost {
  readonly texts: Texts;
  readonly user: TokenUser | undefined;
  /** Called after a change; the host may draw in the next frame. */
  changed(): void;
  requestUpdate(): void;
}

export class ChatSession {
  readonly log: ChatLog;
  readonly rules = new SendRules();
  readonly #host: ChatSessionHost;
  /** Number of connections in the room; undefined until the server reports it. */
  online: number | undefined;
  hint = '';
  latest: Entry | undefined;
  #room: AnyRoom | undefined;
  #latestTimer: ReturnType<typeof setTimeout> | undefined;
  /** Lanes of the room whose history is not loaded yet. */
  #unread = new Set<StreamLane>();
  #isReading = false;
  #readTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(max: number, host: ChatSessionHost) {
    this.#host = host;
    this.log = new ChatLog(max, () => host.changed());
  }

  /** Clears the log and listens to this room; the returned functions stop listening. */
  listen(room: AnyRoom): (() => void)[] {
    this.#room = room;
    this.log.clear();
    this.rules.modes = room.modes;
    this.online = room.joined ? room.online : undefined;
    this.#unread = new Set(room.joined ? streamLanes : []);
    void this.#readBack(room);
    return [...this.#listenToMessages(room), ...this.#listenToState(room), ...this.#listenToSends(room), () => this.#end()];
  }

  /** Milliseconds since 1970: the server's time, or the page's clock without a room. Compare `ts` and `until` with it. */
  now(): number {
    return this.#room?.serverTime() ?? Date.now();
  }

  say(text: string): void {
    this.hint = text;
    this.#host.requestUpdate();
  }

  failed(error: DanmuxError): void {
    if (error.code === 'banned') this.rules.refused(error, this.now());
    this.say(errorText(this.#host.texts, error));
  }

  message(msg: Msg): void {
    const viewerId = this.#host.user?.id;
    this.log.message(msg, viewerId !== undefined && msg.from?.id === viewerId);
    if (msg.lane !== 'gift' || msg.type === 'superchat' || (this.#room?.ageMs(msg) ?? 0) > latestGiftMs) return;
    this.latest = this.log.entries.findLast(({ id }) => id === msg.id);
    clearTimeout(this.#latestTimer);
    this.#latestTimer = setTimeout(() => this.#endLatest(), latestGiftMs);
  }

  notice({ code, message, ...rest }: Notice): void {
    this.rules.notice({ code, message, ...rest });
    // A mute needs no hint: it is an obstacle of the send rules, and the composer shows it until it ends.
    this.say(code === 'muted' ? '' : (this.#host.texts.notices[code] ?? message));
  }

  #listenToMessages(room: AnyRoom): (() => void)[] {
    return [
      room.on('message', (msg) => this.message(msg)),
      room.on('recalled', ({ id }) => this.#recalled(id)),
      room.on('gap', ({ lane, count }) => isStreamLane(lane) && this.log.gap(count)),
    ];
  }

  #listenToState(room: AnyRoom): (() => void)[] {
    return [
      room.on('modes', (modes) => {
        this.rules.modes = modes;
        this.#host.requestUpdate();
      }),
      room.on('notice', (notice) => this.notice(notice)),
      room.on('online', (online) => {
        this.online = online;
        this.#host.changed();
      }),
      room.on('joined', () => {
        this.rules.entered();
        this.say('');
        void this.#readBack(room);
      }),
    ];
  }

  #listenToSends(room: AnyRoom): (() => void)[] {
    return [
      room.on('sending', ({ cid, type, data }) => type === 'chat' && this.log.sending({ cid, type, data, text: textOf({ data }), ...this.#self() })),
      room.on('sent', ({ cid, id, held }) => {
        this.log.sent(cid, id, held === true);
        this.rules.sent(this.now());
        this.#host.requestUpdate();
      }),
      room.on('unsent', ({ cid, error }) => {
        this.rules.refused(error, this.now());
        this.log.unsent(cid, error);
        this.#host.requestUpdate();
      }),
    ];
  }

  #recalled(id: string): void {
    this.log.remove(id);
    if (this.latest && !this.log.entries.includes(this.latest)) this.#endLatest();
  }

  /**
   * Loads the history of a room that was joined before this chat listened to it, because the chat got no events for those messages. A lane that
   * cannot be read now, for example during an outage, is requested again after `readAgainMs` and at the next join.
   */
  async #readBack(room: AnyRoom): Promise<void> {
    clearTimeout(this.#readTimer);
    if (this.#isReading || !room.joined) return;
    this.#isReading = true;
    try {
      for (const lane of this.#unread) if (this.#room === room) await this.#readLane(room, lane);
    } finally {
      this.#isReading = false;
    }
    const current = this.#room;
    if (current && this.#unread.size > 0) this.#readTimer = setTimeout(() => void this.#readBack(current), current === room ? readAgainMs : 0);
  }

  async #readLane(room: AnyRoom, lane: StreamLane): Promise<void> {
    try {
      const { msgs } = await room.history({ lane, limit: readBack });
      if (this.#room !== room) return;
      this.#unread.delete(lane);
      for (const msg of msgs) this.message(msg);
    } catch (error) {
      if (!(error instanceof DanmuxError)) throw error;
      if (this.#room !== room || errors[error.code].retryable) return;
      this.#unread.delete(lane);
      this.failed(error);
    }
  }

  /** The viewer as sender of a pending message, as in the server's copy. */
  #self(): { from?: From } {
    const { user } = this.#host;
    return user ? { from: { ...user } } : {};
  }

  #endLatest(): void {
    this.latest = undefined;
    this.#host.requestUpdate();
  }

  #end(): void {
    this.#room = undefined;
    this.latest = undefined;
    clearTimeout(this.#latestTimer);
    clearTimeout(this.#readTimer);
    this.#unread.clear();
  }
}
