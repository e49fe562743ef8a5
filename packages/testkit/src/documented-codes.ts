// Reads the OpenAPI document: its operations, the schemas that they refer to and the error codes that each may return.
import assert from 'node:assert/strict';
import { openApiDocument } from '@danmux/api';

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly 'x-scope'?: string;
  readonly responses: Readonly<Record<string, Response>>;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly example?: unknown;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
}

interface Content {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  readonly example?: unknown;
}

interface Response {
  readonly description: string;
  readonly headers?: object;
  readonly content: Readonly<Record<string, Content>>;
}

interface Component {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly format?: string }>>;
}

export interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly components: { readonly securitySchemes: object; readonly schemas: Readonly<Record<string, Component>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
}

export const document = (await openApiDocument()) as Document;

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, rest]) => ({ ...rest, method: method.toUpperCase(), path })),
);

/** The schema with every reference replaced by the component it names. */
export function resolved(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    const { $ref } = (value ?? {}) as { readonly $ref?: unknown };
    if (typeof $ref !== 'string') return value;
    const component = document.components.schemas[$ref.replace('#/components/schemas/', '')];
    assert.ok(component, `${$ref} is in no component`);
    return resolved(component);
  }) as object;
}

/** Documented error codes of an operation, with their HTTP status. */
export function documentedCodes({ responses }: Operation): Map<string, number> {
  const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
  return new Map(refusals.flatMap(([status, { description }]) => [...description.matchAll(/`([a-z_]+)`:/g)].map(([, code = '']) => [code, Number(status)])));
}

/** Asserts that the operation documents the error code a test received. */
export function mustBeDocumented(method: string, url: string, code: string): void {
  const path = url.split('?')[0] ?? '';
  const operation = operations.find((each) => each.method === method && new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path));
  if (operation) assert.ok(documentedCodes(operation).has(code), `${method} ${operation.path} returned ${code}, which the OpenAPI document does not list`);
}
