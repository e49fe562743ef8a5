// Checks requests against their TypeBox schemas as they are: nothing is converted, nothing filled in, unknown fields refused.
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

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
