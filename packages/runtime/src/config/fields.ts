// Building blocks of the settings' schema: numbers with a unit, ports, lists of names.
import { Type } from 'typebox';

/** An unknown key is an error. */
export const strict = { additionalProperties: false } as const;

/** A TCP port; 0 takes a free one. */
export const port = (value: number, env: string, description: string) => Type.Integer({ minimum: 0, maximum: 65_535, default: value, env, description });

/** Milliseconds. */
export const ms = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, unit: 'ms', description });

/** A whole number of things. */
export const count = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, description });

/** A list of names. */
export const strings = (value: string[], description: string) => Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { default: value, description });
