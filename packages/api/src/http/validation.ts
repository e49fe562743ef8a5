// Validates requests against the TypeBox schemas of their routes. Converts the integers of a query, which a URL carries as text, and no other
// value; fills in no defaults. The type provider gives handlers the TypeScript types of the same schemas.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifySchemaCompiler, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

export interface TypeBoxProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** Fastify with handlers typed by the schemas of their routes. */
export type TypedApp = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxProvider>;

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  const integers = httpPart === 'querystring' ? integersOf(schema) : [];
  return (given: unknown) => {
    const value = integers.length > 0 ? withIntegers(given as Query, integers) : given;
    if (check.Check(value)) return { value };
    const errors = check.Errors(value).map(({ instancePath, message, params, keyword, schemaPath }) => ({
      instancePath,
      message,
      keyword,
      schemaPath,
      params: params as Record<string, string | string[]>,
    }));
    return { error: errors as unknown as Error };
  };
};

type Query = Readonly<Record<string, unknown>>;

/** A decimal integer of at most 16 digits without a leading zero. */
const integerText = /^(?:0|-?[1-9][0-9]{0,15})$/;

/** Names of the query parameters that are integers. */
function integersOf(schema: TSchema): readonly string[] {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, { readonly type?: string }>> };
  return Object.keys(properties).filter((name) => properties[name]?.type === 'integer');
}

/** Converts integers written as decimal digits. Values in other forms, such as `1e3` or `007`, stay strings, and the schema refuses them. */
function withIntegers(query: Query, integers: readonly string[]): Query {
  const converted = integers.flatMap((name) => {
    const text = query[name];
    return typeof text === 'string' && integerText.test(text) ? [[name, Number(text)] as const] : [];
  });
  return { ...query, ...Object.fromEntries(converted) };
}
