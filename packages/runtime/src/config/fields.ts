// Schema builders for settings: numbers with a unit, ports, lists of names.
import { Type } from 'typebox';

/** Schema option: an unknown key is an error. */
export const strict = { additionalProperties: false } as const;

/** A TCP port; 0 lets the operating system choose a free one. */
export const port = (value: number, env: string, description: string) => Type.Integer({ minimum: 0, maximum: 65_535, default: value, env, description });

/** A duration in milliseconds. */
export const ms = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, unit: 'ms', description });

/** A number of items. */
export const count = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, description });

/** A list of names. */
export const strings = (value: string[], description: string) => Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { default: value, description });
