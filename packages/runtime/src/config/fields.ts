// Schema builders for settings: numbers with a unit, ports, lists of names, and the mark that says which roles are compared in a setting.
import { type TSchema, Type } from 'typebox';

/** Schema option: an unknown key is an error. */
export const strict = { additionalProperties: false } as const;

/** Roles whose processes may be compared in a setting. */
export type ComparedRole = 'edge' | 'relay' | 'api' | 'worker';

export const everyRole: readonly ComparedRole[] = ['edge', 'relay', 'api', 'worker'];

/** The mark of a setting, or of a section for those of its settings without a mark. */
export interface ComparedMark {
  /** Roles whose processes must have the same value: those that use the setting. Empty when processes may rightly differ. */
  readonly compared: readonly ComparedRole[];
  /** `per_role` compares each role by itself; `presence` compares only whether the setting is empty. Default: by value over all these roles. */
  readonly comparison?: 'per_role' | 'presence';
}

/** Marks a setting that a builder made. */
export function compared<T extends TSchema>(schema: T, roles: readonly ComparedRole[], comparison?: ComparedMark['comparison']): T {
  return Object.assign(schema, { compared: roles, ...(comparison ? { comparison } : {}) } satisfies ComparedMark);
}

/** Mark for settings in which processes may rightly differ, such as ports and sizes that fit the machine. */
export const perProcess = { compared: [] } as const satisfies ComparedMark;

/** A TCP port; 0 lets the operating system choose a free one. */
export const port = (value: number, env: string, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: value, env, description, ...perProcess });

/** A duration in milliseconds. */
export const ms = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, unit: 'ms', description });

/** A number of items. */
export const count = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, description });

/** A list of names. */
export const strings = (value: string[], description: string) => Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { default: value, description });
