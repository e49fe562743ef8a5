// Makes fast-check arbitraries from the JSON schemas of the OpenAPI document: valid values, and values with one defect.
import fc from 'fast-check';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Meaningful values by field name; random values alone would rarely make a valid request. */
export type Words = Readonly<Record<string, readonly unknown[]>>;

const mostItems = 4;
const mostCharacters = 40;

export function fitting(schema: Schema, words: Words, name = ''): fc.Arbitrary<unknown> {
  const known = words[name];
  const any = byKind(schema, words, name);
  return known ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: any }) : any;
}

function byKind(schema: Schema, words: Words, name: string): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => fitting(each, words)));
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type: string) => byKind({ ...schema, type }, words, name)));
  switch (schema.type) {
    case 'string':
      return texts(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000, max: Math.min(schema.maximum ?? 1_000_000, Number.MAX_SAFE_INTEGER) });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fitting(schema.items ?? {}, words, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? mostItems, mostItems)),
      });
    case 'object':
      return objects(schema, words);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function texts({ minLength = 0, maxLength = mostCharacters, pattern }: Schema): fc.Arbitrary<string> {
  const most = Math.max(minLength, Math.min(maxLength, mostCharacters));
  if (pattern === undefined)
    return fc.string({ minLength, maxLength: most, unit: 'grapheme' }).filter((text) => text.length >= minLength && text.length <= maxLength);
  return fc.stringMatching(new RegExp(pattern), { size: 'small' }).filter((text) => text.length >= minLength && text.length <= maxLength);
}

function objects({ properties = {}, required = [], additionalProperties, patternProperties = {} }: Schema, words: Words): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fitting(schema, words, name)]));
  const known = fc.record(fields, { requiredKeys: [...required] });
  const [values] = Object.values(patternProperties);
  const more =
    additionalProperties === true || values
      ? fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), values ? fitting(values, words) : fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 })
      : fc.constant({});
  return fc.tuple(known, more).map(([own, rest]) => ({ ...rest, ...own }));
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', -1, 0, 1e21, 1e308, 2 ** 53, '__proto__', '\u0000', '\ud800', 'x'.repeat(70_000), [], {}, [[]], true, '1', '*', 'a*b'),
);
const fieldNames = fc.constantFrom('__proto__', 'constructor', 'toString', 'id', 'type', 'data', 'room', 'x', '');

/** The value with one change: a part replaced, removed or added. */
export function broken(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(value, fc.nat(), fc.constantFrom('replace', 'remove', 'add') as fc.Arbitrary<Change>, odd, fieldNames)
    .map(([base, place, change, by, name]) => {
      const copy = structuredClone(base);
      const spots = spotsOf(copy);
      const spot = spots[place % (spots.length + 1)];
      if (!spot) return change === 'replace' || typeof copy !== 'object' ? by : withField(copy, name, by);
      if (change === 'remove') Reflect.deleteProperty(spot.holder, spot.name);
      else (spot.holder as Record<string, unknown>)[spot.name] = change === 'add' ? withField(spot.holder[spot.name], name, by) : by;
      return copy;
    });
}

type Change = 'replace' | 'remove' | 'add';

interface Spot {
  readonly holder: Readonly<Record<string, unknown>>;
  readonly name: string;
}

function spotsOf(value: unknown): Spot[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...spotsOf(holder[name])]);
}

function withField(value: unknown, name: string, field: unknown): unknown {
  if (typeof value !== 'object' || value === null) return { [name]: field };
  const more = Array.isArray(value) ? [...value] : { ...value };
  // An own property even for `__proto__`, as JSON.parse makes it.
  Object.defineProperty(more, name, { value: field, enumerable: true, configurable: true, writable: true });
  return more;
}
