// Validates requests against the TypeBox schemas of their routes. Converts no values and fills in no defaults. The type provider gives
// handlers the TypeScript types of the same schemas.
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

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const check = Compile(schema);
  return (value: unknown) => {
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
