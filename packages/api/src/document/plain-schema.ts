// Rewrites the JSON schemas of the routes for code generators. One `enum` replaces a union of constants, `boolean` replaces the constant `true`,
// and a list of types replaces a union with null. Every number gets a `format`. Except for `boolean`, the same values stay valid.

/** A JSON schema of the OpenAPI document, with the keywords that this folder reads. */
export interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  /** Keywords that only the document states; the handler checks them. */
  readonly 'x-checked'?: Readonly<Record<string, unknown>>;
  readonly [keyword: string]: unknown;
}

/** Types whose nullable form is a list of types (`["string", "null"]`) instead of a union of two schemas. */
const scalars: readonly string[] = ['string', 'integer', 'number', 'boolean'];
const int32 = { least: -(2 ** 31), most: 2 ** 31 - 1 } as const;

/** Rewrites a schema, and recursively every schema inside it, into forms that code generators understand. */
export function plainSchema(schema: Schema): Schema {
  const { anyOf, 'x-checked': checked, ...stated } = mapParts(schema, plainSchema);
  const rest: Schema = { ...stated, ...checked };
  const plain: Schema = anyOf ? union(rest, anyOf) : rest;
  if (plain.type === 'number' && isWhole(plain.enum)) return { ...plain, type: 'integer', format: wholeFormat(plain.enum) };
  if (plain.type === 'integer') return { ...plain, format: plain.format ?? integerFormat(plain) };
  if (plain.type === 'number') return { ...plain, format: plain.format ?? 'double' };
  // A boolean with one constant becomes a plain boolean: generated types cannot express it, and the generated Java enum does not compile.
  if (plain.type === 'boolean' && plain.enum) return without(plain, 'enum');
  return plain;
}

/** Returns a copy of the schema in which `replace` has replaced every directly nested schema. `place` names the position of that schema. */
export function mapParts(schema: Schema, replace: (part: Schema, place: string) => Schema): Schema {
  const { anyOf, items, properties, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(anyOf ? { anyOf: anyOf.map((part, index) => replace(part, `Option${index + 1}`)) } : {}),
    ...(items ? { items: replace(items, 'Item') } : {}),
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, replace(part, name)])) } : {}),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: replace(additionalProperties, 'Value') }
      : additionalProperties === undefined
        ? {}
        : { additionalProperties }),
  };
}

function union(rest: Schema, options: readonly Schema[]): Schema {
  const others = options.filter(({ type }) => type !== 'null');
  const isNullable = others.length < options.length;
  const one = constants(others) ?? (others.length === 1 ? others[0] : undefined);
  if (one && !isNullable) return { ...one, ...rest };
  if (one && scalars.includes(String(one.type))) return { ...one, ...rest, ...nullable(one) };
  return { ...rest, anyOf: options };
}

/** Merges options that are all constants of one type into one `enum`; undefined for any other options. */
function constants(options: readonly Schema[]): Schema | undefined {
  const [first] = options;
  if (!first || options.length < 2 || !options.every((each) => each.enum && each.type === first.type)) return undefined;
  return { ...(first.type === undefined ? {} : { type: first.type }), enum: options.flatMap((each) => each.enum ?? []) };
}

function nullable({ type, enum: values }: Schema): Schema {
  return { type: [type as string, 'null'], ...(values ? { enum: [...values, null] } : {}) };
}

function integerFormat({ minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: Schema): string {
  return minimum >= int32.least && maximum <= int32.most ? 'int32' : 'int64';
}

/** A constant such as 202 has the type `number`. It becomes an integer, because the generated Java enum of doubles does not compile. */
function isWhole(values: readonly unknown[] | undefined): values is readonly number[] {
  return values?.every(Number.isInteger) ?? false;
}

const wholeFormat = (values: readonly number[]) => integerFormat({ minimum: Math.min(...values), maximum: Math.max(...values) });

export function without(schema: Schema, keyword: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== keyword));
}
