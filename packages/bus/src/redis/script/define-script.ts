// Declares a Lua script with the named fields of a call. The order of the names is the order of KEYS and ARGV, and the head of the Lua file lists the
// same names in the same order (a test compares them). This file runs no script.
import { type Lane, laneNames, type StreamLane, streamLanes } from '@danmux/protocol';

export type Argument = string | number;

/**
 * A named field of a script, which fills one or more places in KEYS or ARGV. Its values come from the subject `S`: the input of the call, or one row
 * of the input. For a row, `A` is the input of the call.
 */
export interface Field<S, A = undefined> {
  /** The name as the head of the Lua file writes it, without numbers. */
  readonly name: string;
  /** Number of places in KEYS or ARGV; undefined when the number depends on the call. */
  readonly places: number | undefined;
  /** Fields that the head of the Lua file lists with their numbers after `name:`. */
  readonly inner?: readonly Field<never, never>[];
  /** Appends the values to `to`. `keys` are the KEYS of the call so far; a field of a row may append to them. */
  readonly write: (to: Argument[], subject: S, around: A, keys: Argument[]) => void;
}

export interface Script<I> {
  /** Name of the Lua file without extension. */
  readonly file: string;
  /** Name of the method that ioredis adds to a client for the script. */
  readonly command: string;
  readonly keys: readonly Field<I>[];
  readonly args: readonly Field<I>[];
}

/** Input of a script that is declared by names alone: one value for each name, an array for a name that ends with `…`. */
type Named<N extends string, V> = { readonly [K in N as K extends `${infer Base}…` ? Base : K]: K extends `${string}…` ? readonly V[] : V };

/** The names of those properties of `I` that have a single value. */
type PlainName<I> = { [K in keyof I]: I[K] extends Argument ? K : never }[keyof I] & string;

/**
 * Declares a script. A field given as a string takes its value from the property of that name in the input; a string that ends with `…` takes all
 * values of an array.
 */
export function defineScript<const K extends string, const A extends string>(script: {
  readonly file: string;
  readonly keys: readonly K[];
  readonly args: readonly A[];
}): Script<Named<K, string> & Named<A, Argument>>;
export function defineScript<I>(script: {
  readonly file: string;
  readonly keys: readonly (PlainName<I> | Field<I>)[];
  readonly args: readonly (PlainName<I> | Field<I>)[];
}): Script<I>;
export function defineScript<I>({ file, keys, args }: Record<'keys' | 'args', readonly (string | Field<I>)[]> & { readonly file: string }): Script<I> {
  return { file, command: `dmx-${file}`, keys: keys.map(fieldOf<I>), args: args.map(fieldOf<I>) };
}

function fieldOf<I>(field: string | Field<I>): Field<I> {
  if (typeof field !== 'string') return field;
  const listed = field.endsWith('…');
  const name = (listed ? field.slice(0, -1) : field) as keyof I;
  return listed
    ? list<I, undefined>(String(name), (input) => input[name] as readonly Argument[])
    : one<I, undefined>(field, (input) => input[name] as Argument);
}

/** KEYS and ARGV of a call. */
export function callOf<I>({ keys, args }: Script<I>, input: I): { readonly keys: readonly Argument[]; readonly args: readonly Argument[] } {
  const keyValues: Argument[] = [];
  const argValues: Argument[] = [];
  for (const { write } of keys) write(keyValues, input, undefined, keyValues);
  for (const { write } of args) write(argValues, input, undefined, keyValues);
  return { keys: keyValues, args: argValues };
}

export function one<S, A>(name: string, get: (subject: S, around: A, keys: Argument[]) => Argument): Field<S, A> {
  return { name, places: 1, write: (to, subject, around, keys) => void to.push(get(subject, around, keys)) };
}

/** One value for each lane, in lane order. */
export function perLane<S, A>(name: string, get: (subject: S, lane: Lane) => Argument): Field<S, A> {
  return perName(`${name} per lane`, laneNames, get);
}

/** One value for each lane that has a stream, in lane order. */
export function perStreamLane<S, A>(name: string, get: (subject: S, lane: StreamLane) => Argument): Field<S, A> {
  return perName(`${name} per stream lane`, streamLanes, get);
}

function perName<S, A, N extends Lane>(name: string, names: readonly N[], get: (subject: S, lane: N) => Argument): Field<S, A> {
  return {
    name,
    places: names.length,
    write(to, subject) {
      for (const lane of names) to.push(get(subject, lane));
    },
  };
}

/** Any number of values; only as the last field. */
function list<S, A>(name: string, get: (subject: S, around: A) => readonly Argument[]): Field<S, A> {
  return { name: `${name}…`, places: undefined, write: (to, subject, around) => append(to, get(subject, around)) };
}

/** A field of KEYS that writes nothing itself: the fields of the rows in ARGV append the keys. */
export function byRows<S, A>(name: string): Field<S, A> {
  return { name: `${name}…`, places: undefined, write: () => {} };
}

/** The number of values, then the values. */
export function counted<S, A>(name: string, get: (subject: S, around: A) => readonly Argument[]): Field<S, A> {
  return {
    name: `n ${name}`,
    places: undefined,
    write(to, subject, around) {
      const values = get(subject, around);
      to.push(values.length);
      append(to, values);
    },
  };
}

/** The fields of a row in order: the name of each, and its value, or an object that says how several values are written. */
export type RowFields<R, S> = Readonly<Record<string, RowValue<R, S>>>;

type RowValue<R, S> =
  | ((row: R, around: S, keys: Argument[]) => Argument)
  | { readonly counted: (row: R, around: S) => readonly Argument[] }
  | { readonly list: (row: R, around: S) => readonly Argument[] }
  | { readonly perStreamLane: (row: R, lane: StreamLane) => Argument };

function rowFieldsOf<R, S>(fields: RowFields<R, S>): readonly Field<R, S>[] {
  return Object.entries(fields).map(([name, value]): Field<R, S> => {
    if (typeof value === 'function') return one(name, value);
    if ('counted' in value) return counted(name, value.counted);
    return 'list' in value ? list(name, value.list) : perStreamLane(name, value.perStreamLane);
  });
}

/** A field that writes the same fields for each row. */
export function rows<S, A, R>(item: string, get: (subject: S) => readonly R[], row: RowFields<R, S>): Field<S, A> {
  const fields = rowFieldsOf(row);
  return { name: `per ${item}: ${namesOf(fields)}`, places: undefined, write: (to, subject, _, keys) => appendRows(to, subject, get(subject), fields, keys) };
}

/** The number of rows, then the same fields for each row. */
export function countedRows<S, A, R>(items: string, get: (subject: S) => readonly R[], row: RowFields<R, S>): Field<S, A> {
  const fields = rowFieldsOf(row);
  return {
    name: `n ${items}: ${namesOf(fields)}`,
    places: undefined,
    write(to, subject, _, keys) {
      const all = get(subject);
      to.push(all.length);
      appendRows(to, subject, all, fields, keys);
    },
  };
}

/** Fields that are written only when `get` returns a part of the input; allowed only as the last field. */
export function onlyWith<S, A, P>(part: string, get: (subject: S) => P | undefined, row: RowFields<P, S>): Field<S, A> {
  const fields = rowFieldsOf(row);
  return {
    name: `only with a ${part}`,
    places: undefined,
    inner: fields,
    write(to, subject, _, keys) {
      const given = get(subject);
      if (given !== undefined) for (const { write } of fields) write(to, given, subject, keys);
    },
  };
}

function appendRows<R, S>(to: Argument[], subject: S, all: readonly R[], fields: readonly Field<R, S>[], keys: Argument[]): void {
  for (const row of all) for (const { write } of fields) write(to, row, subject, keys);
}

/** Appends in a loop, because spreading a large array into `push` would overflow the stack. */
function append(to: Argument[], values: readonly Argument[]): void {
  for (const value of values) to.push(value);
}

function namesOf(fields: readonly { readonly name: string }[]): string {
  return fields.map(({ name }) => name).join(', ');
}

/** The list of the fields in the head of the Lua file: `1 lease, 2-4 streams per stream lane, then per event: …`. */
export function headOf(fields: readonly Field<never, never>[], from = 1): string {
  let next: number | undefined = from;
  const parts: string[] = [];
  for (const { name, places, inner } of fields) {
    if (inner) parts.push(`${name}: ${headOf(inner, next)}`);
    else if (next === undefined) parts.push(`then ${name}`);
    else if (places === undefined) parts.push(name.endsWith('…') ? `${next}… ${name.slice(0, -1)}` : `then ${name}`);
    else parts.push(places === 1 ? `${next} ${name}` : `${next}-${next + places - 1} ${name}`);
    next = places === undefined || next === undefined ? undefined : next + places;
  }
  return parts.join(', ');
}
