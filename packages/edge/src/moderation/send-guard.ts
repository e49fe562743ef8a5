// Decides whether a viewer's message is accepted. Checks the rate, the size, mutes and room modes, then the filter: cheapest check first.
// It stores and sends nothing.
import { acceptPublication, type Bus, type Publication } from '@danmux/bus';
import type { Rules } from '@danmux/policy';
import { DanmuxError, lanes, limits, type RoomModes, type SendRequest } from '@danmux/protocol';
import { newId, type Runtime } from '@danmux/runtime';
import type { Viewer } from '../viewer/viewer.ts';
import { Cooldowns } from './cooldowns.ts';
import type { Filter, Verdict } from './filter/filter.ts';
import { counted, statedCount } from './message-count.ts';
import { SendLimits, type Sent } from './send-limits.ts';
import { fingerprintOf } from './text-fingerprint.ts';

export interface Judged {
  /** Ready to be published, with the verdict's data. */
  readonly publication: Publication;
  readonly verdict: Verdict;
}

/** The sender's connection; a renewal of its token replaces `viewer`. */
export interface Sender {
  readonly viewer: Viewer;
}

export interface SendGuardParts {
  readonly rules: Pick<Rules, 'modes' | 'sanction'>;
  readonly filter: Filter;
}

/** How long a room in `unique` mode refuses the same text from one user, milliseconds. */
const uniqueMs = 30_000;
/** Retry hint after the count budget is used up, milliseconds: the budget refills every second. */
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

  /** Throws the DanmuxError that refuses the message. The caller checks the membership before and after, because the viewer may leave meanwhile. */
  async judge(sender: Sender, given: SendRequest): Promise<Judged> {
    const { viewer } = sender;
    const { room, type } = given;
    if (!viewer.sends) throw new DanmuxError('read_only');
    const now = this.#runtime.clock.now();
    const request = this.#checkRate(viewer, given, now);
    const publication = this.#accept(viewer, request, newId(now), now);
    const { messages } = this.#runtime.config;
    if (!messages.types[type]?.viewer) throw new DanmuxError('type_forbidden');
    this.#checkRules(viewer, publication, request);
    const verdict = await this.#filter.judge({ id: publication.id, room, type, data: request.data, viewer });
    // The hook may take seconds: a mute, a mode or the token may have changed meanwhile.
    this.#checkRules(sender.viewer, publication, request);
    await this.#startCooldowns(sender.viewer, publication, request);
    const changed = verdict.data !== request.data || sender.viewer !== viewer;
    return { publication: changed ? this.#accept(sender.viewer, { ...request, data: verdict.data }, publication.id, now) : publication, verdict };
  }

  /** Reduces the request's count to the rest of the user's count budget. Throws `rate_limited` when a rate is exceeded or the budget is used up. */
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
    if (count === 0)
      throw new DanmuxError('rate_limited', { message: 'The count limit of this message type is used up; try again in a second.', retryAfterMs: countRetryMs });
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
    if ((viewer.from.level ?? 0) < (modes.min_level ?? 0))
      throw new DanmuxError('level_too_low', { message: `This room requires level ${modes.min_level} or higher.` });
    if (lanes[lane].merges === 'counters') return;
    if (modes.unique) refuseRepeated(this.#cooldowns.wait(uniqueKey(viewer, request), cid));
    if (modes.slow_ms) refuseSlow(this.#cooldowns.wait(slowKey(viewer, room), cid));
  }

  /** Runs last, so a refused message starts no cooldown. A started cooldown stays when the message then fails to be stored. */
  async #startCooldowns(viewer: Viewer, { lane }: Publication, request: SendRequest): Promise<void> {
    const modes = this.#modesFor(viewer, request.room);
    if (lanes[lane].merges === 'counters') return;
    if (modes.unique) refuseRepeated(await this.#cooldowns.take(uniqueKey(viewer, request), request.cid, uniqueMs));
    if (!modes.slow_ms) return;
    const wait = await this.#cooldowns.take(slowKey(viewer, request.room), request.cid, modes.slow_ms);
    // Slow mode refused the message, so its text may be sent again later.
    if (wait > 0 && modes.unique) this.#cooldowns.release(uniqueKey(viewer, request));
    refuseSlow(wait);
  }

  /** The room modes that apply to this viewer; none for a role in `moderation.exempt_roles`. */
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
  if (wait > 0) throw new DanmuxError('content_blocked', { message: 'You sent the same message a moment ago.', retryAfterMs: wait });
}
