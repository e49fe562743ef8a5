// Whether a viewer's message is taken: how often it sends, how large it is, whether it may talk here now, and what the filter says of
// it, in this order, since each costs more than the one before. It stores and sends nothing.
import { acceptPublication, type Bus, type Publication } from '@danmux/bus';
import type { Rules } from '@danmux/policy';
import { DanmuxError, limits, type RoomModes, type SendRequest } from '@danmux/protocol';
import { newId, type Runtime } from '@danmux/runtime';
import type { Viewer } from '../viewer/viewer.ts';
import { Cooldowns } from './cooldowns.ts';
import type { Filter, Verdict } from './filter/filter.ts';
import { counted, statedCount } from './message-count.ts';
import { SendLimits, type Sent } from './send-limits.ts';
import { fingerprintOf } from './text-fingerprint.ts';

export interface Judged {
  /** Ready to be published; its data is the verdict's. */
  readonly publication: Publication;
  readonly verdict: Verdict;
}

export interface SendGuardParts {
  readonly rules: Pick<Rules, 'modes' | 'sanction'>;
  readonly filter: Filter;
}

/** How long the same text of one user is not taken again, in a room that asks for it. */
const uniqueMs = 30_000;
/** How soon a user whose messages counted all they may can add to it. */
const countRetryMs = 1_000;

export class SendGuard {
  readonly #runtime: Runtime;
  readonly #rules: SendGuardParts['rules'];
  readonly #filter: Filter;
  readonly #limits: SendLimits;
  readonly #cooldowns: Cooldowns;
  readonly #exempt: ReadonlySet<string>;
  readonly #members: ReadonlySet<string>;

  constructor(runtime: Runtime, bus: Pick<Bus, 'claims'>, { rules, filter }: SendGuardParts) {
    const { edge, moderation } = runtime.config;
    this.#runtime = runtime;
    this.#rules = rules;
    this.#filter = filter;
    this.#limits = new SendLimits(edge);
    this.#cooldowns = new Cooldowns(runtime.clock, bus);
    this.#exempt = new Set(moderation.exempt_roles);
    this.#members = new Set(moderation.member_roles);
  }

  /** Throws what refuses the message. The viewer must be in the room; it may have left when this resolves. */
  async judge(viewer: Viewer, given: SendRequest): Promise<Judged> {
    const { room, type } = given;
    if (!viewer.sends) throw new DanmuxError('read_only');
    const now = this.#runtime.clock.now();
    const request = this.#checkRate(viewer, given, now);
    const publication = this.#accept(viewer, request, newId(now), now);
    const { messages } = this.#runtime.config;
    if (!messages.types[type]?.viewer) throw new DanmuxError('type_forbidden');
    this.#checkRules(viewer, publication, request);
    const verdict = await this.#filter.judge({ id: publication.id, room, type, data: request.data, viewer });
    // It may have taken a while.
    this.#checkRules(viewer, publication, request);
    await this.#startCooldowns(viewer, publication, request);
    const changed = verdict.data !== request.data;
    return { publication: changed ? this.#accept(viewer, { ...request, data: verdict.data }, publication.id, now) : publication, verdict };
  }

  /** The request, with what is left of its count. */
  #checkRate(viewer: Viewer, request: SendRequest, now: number): SendRequest {
    const { messages, shedding } = this.#runtime.config;
    const { room, type } = request;
    const row = Object.hasOwn(messages.types, type) ? messages.types[type] : undefined;
    if (shedding === 'off') return request;
    const sent: Sent = { user: viewer.id, room, type, row, roomPerMinute: this.#modesFor(viewer, room).send_per_minute };
    const wait = this.#limits.take(sent, now);
    if (wait > 0) throw new DanmuxError('rate_limited', { retryAfterMs: wait });
    const stated = row?.viewer ? statedCount(row, request.data) : undefined;
    if (stated === undefined) return request;
    const count = this.#limits.takeCount(sent, stated, now);
    if (count === 0) throw new DanmuxError('rate_limited', { message: 'Your messages of this type count too much.', retryAfterMs: countRetryMs });
    return counted(request, count);
  }

  #accept(viewer: Viewer, { room, type, data, cid }: SendRequest, id: string, now: number): Publication {
    const { types, role_weights: roleWeights } = this.#runtime.config.messages;
    const incoming = { room, type, data, from: viewer.from, id, dedupeKey: `${viewer.id}\n${cid}`, trace: id };
    return acceptPublication(incoming, { types, roleWeights, maxData: limits.viewerData, now });
  }

  #checkRules(viewer: Viewer, { lane }: Publication, request: SendRequest): void {
    const { room, cid } = request;
    const mute = this.#rules.sanction('mute', viewer.id, room);
    if (mute) throw new DanmuxError('muted', this.#until(mute.until));
    const modes = this.#modesFor(viewer, room);
    if (modes.mute_all) throw new DanmuxError('room_muted');
    if (modes.members_only && !hasRole(viewer, this.#members)) throw new DanmuxError('members_only');
    if ((viewer.from.level ?? 0) < (modes.min_level ?? 0)) throw new DanmuxError('level_too_low', { message: `Level ${modes.min_level} is needed here.` });
    if (lane === 'ambient') return;
    if (modes.unique) refuseRepeated(this.#cooldowns.wait(uniqueKey(viewer, request), cid));
    if (modes.slow_ms) refuseSlow(this.#cooldowns.wait(slowKey(viewer, room), cid));
  }

  /** Last, so that what is refused takes no turn. A turn that was taken stays taken when the message is then not stored. */
  async #startCooldowns(viewer: Viewer, { lane }: Publication, request: SendRequest): Promise<void> {
    const modes = this.#modesFor(viewer, request.room);
    if (lane === 'ambient') return;
    if (modes.unique) refuseRepeated(await this.#cooldowns.take(uniqueKey(viewer, request), request.cid, uniqueMs));
    if (!modes.slow_ms) return;
    const wait = await this.#cooldowns.take(slowKey(viewer, request.room), request.cid, modes.slow_ms);
    // It was not said.
    if (wait > 0 && modes.unique) this.#cooldowns.release(uniqueKey(viewer, request));
    refuseSlow(wait);
  }

  /** What limits this viewer; some are above it. */
  #modesFor(viewer: Viewer, room: string): RoomModes {
    return hasRole(viewer, this.#exempt) ? noModes : this.#rules.modes(room);
  }

  #until(until: number | undefined): { retryAfterMs?: number } {
    return until === undefined ? {} : { retryAfterMs: Math.max(1, until - this.#runtime.clock.now()) };
  }
}

const noModes: RoomModes = {};

function hasRole({ from }: Viewer, roles: ReadonlySet<string>): boolean {
  const own = from['roles'];
  return Array.isArray(own) && own.some((role) => roles.has(role));
}

function slowKey({ id }: Viewer, room: string): string {
  return `slow:${room} ${id}`;
}

function uniqueKey({ id }: Viewer, { room, data }: SendRequest): string {
  return `unique:${room} ${fingerprintOf(data)} ${id}`;
}

function refuseSlow(wait: number): void {
  if (wait > 0) throw new DanmuxError('slow_mode', { retryAfterMs: wait });
}

function refuseRepeated(wait: number): void {
  if (wait > 0) throw new DanmuxError('content_blocked', { message: 'You said the same a moment ago.', retryAfterMs: wait });
}
