// Finds processes whose config differs from that of the other processes of their roles, from the digests in their announcements. It knows no values
// and does not decide which value is right.
import type { Member } from '@danmux/bus';
import { type ConfigDigest, digestKeyPath, isKeyed, type Setting, settingOf } from '@danmux/runtime';

/** A setting that has more than one value in the cluster. */
export interface SettingDifference {
  /** Path of the setting; of an item of a list or table with its id, such as `webhooks.targets.billing`. */
  readonly setting: string;
  /** Whether most processes have the same value. Without a majority every process is in `nodes`. */
  readonly majority: boolean;
  /** Ids of the members whose value is not that of the majority. */
  readonly nodes: readonly string[];
}

/** The differences between the configs of all members. */
export interface ConfigComparison {
  /** Sorted by setting. */
  readonly differences: readonly SettingDifference[];
  /** Ids of members of an older version, which announce no digests. */
  readonly unknown: readonly string[];
}

type Known = Member & { readonly settings: ConfigDigest };

/** Value of a setting without a digest. */
const defaultValue = '';

/**
 * Compares every setting between the members whose roles use it. Digests that are keyed by another secret cannot be compared and are left out; that
 * secret is itself a setting and differs.
 */
export function compareConfigs(members: readonly Member[]): ConfigComparison {
  const known = members.filter((member): member is Known => member.settings !== undefined);
  const key = mostCommon(known.map((member) => [member, member.settings[digestKeyPath] ?? defaultValue])).value;
  const names = [...new Set(known.flatMap(({ settings }) => Object.keys(settings)))].sort();
  const differences = names.flatMap((setting) => {
    const found = settingOf(setting);
    const parts = found ? groupsOf(found, known).map((group) => difference(setting, found, group, key)) : [];
    const [first, ...others] = parts.filter((part) => part !== undefined);
    if (!first) return [];
    const nodes = [first, ...others].flatMap((part) => part.nodes).sort();
    return [{ setting, majority: [first, ...others].every(({ majority }) => majority), nodes }];
  });
  return { differences, unknown: members.filter(({ settings }) => settings === undefined).map(({ id }) => id) };
}

/** The groups of members that are compared with one another. */
function groupsOf({ mark: { compared, comparison } }: Setting, members: readonly Known[]): Known[][] {
  const groups = comparison === 'per_role' ? compared.map((role) => [role]) : [compared];
  return groups.map((roles) => members.filter(({ role }) => roles.some((one) => one === role)));
}

function difference(name: string, setting: Setting, group: readonly Known[], key: string): Omit<SettingDifference, 'setting'> | undefined {
  const values = group.flatMap((member): [Known, string][] => {
    const value = member.settings[name] ?? defaultValue;
    const comparable = name === digestKeyPath || value === defaultValue || !isKeyed(setting) || member.settings[digestKeyPath] === key;
    return comparable ? [[member, value]] : [];
  });
  if (new Set(values.map(([, value]) => value)).size < 2) return undefined;
  const { value: usual, tied } = mostCommon(values);
  return { majority: !tied, nodes: values.filter(([, value]) => tied || value !== usual).map(([{ id }]) => id) };
}

/** The value of the most processes; of several, the first in byte order. A process with several roles counts once. */
function mostCommon(values: readonly (readonly [member: Member, value: string])[]): { readonly value: string; readonly tied: boolean } {
  const processes = new Map<string, Set<string>>();
  for (const [{ id }, value] of values) processes.set(value, (processes.get(value) ?? new Set()).add(id.slice(id.indexOf('@') + 1)));
  const counts = [...processes].map(([value, { size }]) => ({ value, size })).sort((a, b) => b.size - a.size || (a.value < b.value ? -1 : 1));
  const [most, second] = counts;
  return { value: most?.value ?? defaultValue, tied: most !== undefined && most.size === second?.size };
}
