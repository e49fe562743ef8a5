// Which living workers have a target in their config, and with the same definition, as far as the digests in their announcements say. It does not
// know which worker delivers to a target at the moment.
import type { Member } from '@danmux/bus';
import { type ConfigDigest, digestConfig, digestKeyPath, type Runtime } from '@danmux/runtime';

/** Number of living workers by what their config has for one target. */
export interface TargetWorkers {
  /** The same definition as in the config of this process. */
  readonly same: number;
  /** Another URL, secret or choice of events or rooms. */
  readonly different: number;
  readonly missing: number;
  /** Workers of an older version, which do not say, and those with another viewer.token_secret. */
  readonly unknown: number;
}

/** A target that workers have and this process has not. */
export interface UnlistedTarget {
  readonly id: string;
  readonly workers: number;
}

const list = 'webhooks.targets';
const single = 'webhooks.url';
const singleSecret = 'webhooks.secret';
/** Id of the target of `webhooks.url`. */
const singleId = 'default';

/** Compares targets with the configs of the workers that are members at one moment. */
export class TargetConfigs {
  readonly #own: ConfigDigest;
  readonly #workers: readonly (ConfigDigest | undefined)[];

  constructor({ config }: Pick<Runtime, 'config'>, members: readonly Member[]) {
    this.#own = digestConfig(config, 'worker');
    this.#workers = members.filter(({ role }) => role === 'worker').map(({ settings }) => settings);
  }

  of(id: string): TargetWorkers {
    const counts = { same: 0, different: 0, missing: 0, unknown: 0 };
    for (const worker of this.#workers) counts[this.#found(id, worker)]++;
    return counts;
  }

  /** Targets of workers with other ids than these. */
  unlisted(ids: readonly string[]): readonly UnlistedTarget[] {
    const counts = new Map<string, number>();
    for (const id of this.#workers.flatMap((worker) => (worker ? targetsOf(worker) : []))) {
      if (!ids.includes(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return [...counts].map(([id, workers]) => ({ id, workers })).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #found(id: string, worker: ConfigDigest | undefined): keyof TargetWorkers {
    if (!worker) return 'unknown';
    const names = this.#namesOf(id);
    const comparable = worker[digestKeyPath] === this.#own[digestKeyPath];
    if (comparable && names.every((name) => worker[name] === this.#own[name])) return 'same';
    // A list too long for a digest of each target, here or there, can only be compared as a whole.
    if (targetsOf(worker).includes(id)) return comparable && !names.includes(list) ? 'different' : 'unknown';
    return worker[list] === undefined ? 'missing' : 'unknown';
  }

  /** Names of the digests that define the target in the config of this process. */
  #namesOf(id: string): readonly string[] {
    const listed = `${list}.${id}`;
    if (listed in this.#own) return [listed];
    return id === singleId && single in this.#own ? [single, singleSecret] : [list];
  }
}

function targetsOf(worker: ConfigDigest): string[] {
  const listed = Object.keys(worker).flatMap((name) => (name.startsWith(`${list}.`) ? [name.slice(list.length + 1)] : []));
  return single in worker ? [...listed, singleId] : listed;
}
