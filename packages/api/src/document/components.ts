// Moves the schemas of the OpenAPI document to its components, because code generators name a type after its component. The name of a schema is
// its `title`; an object without a title gets a name from its operation and field. Throws when two different schemas have the same name.
import { isDeepStrictEqual } from 'node:util';
import { mapParts, plainSchema, type Schema, without } from './plain-schema.ts';

type Json = Readonly<Record<string, unknown>>;

interface Document {
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly (Json & { readonly schema: Schema })[];
  readonly requestBody?: Json & { readonly content: Contents };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response extends Json {
  readonly headers?: Readonly<Record<string, Json & { readonly schema: Schema }>>;
  readonly content?: Contents;
}

type Contents = Readonly<Record<string, Json & { readonly schema: Schema }>>;

/** Returns the document with every schema in plain form, and with each named schema once in `components.schemas`. */
export function withComponents<T extends object>(document: T): T {
  const { components = {}, paths = {} } = document as Document;
  const named = new Components();
  for (const [name, schema] of Object.entries(components.schemas ?? {})) named.add(name, without(schema, 'title'));
  const moved = mapValues(paths, (operations) => mapValues(operations, (operation) => withReferences(operation, named)));
  return { ...document, paths: moved, components: { ...components, schemas: named.all() } };
}

function withReferences(operation: Operation, named: Components): Operation {
  const { operationId = '', parameters, requestBody, responses } = operation;
  const base = pascal(operationId);
  const contents = (content: Contents, name: string) => mapValues(content, (media) => ({ ...media, schema: named.move(media.schema, name) }));
  return {
    ...operation,
    ...(parameters ? { parameters: parameters.map((each) => ({ ...each, schema: named.move(each.schema, base + pascal(String(each['name']))) })) } : {}),
    ...(requestBody ? { requestBody: { ...requestBody, content: contents(requestBody.content, `${base}Request`) } } : {}),
    responses: mapValues(responses, (response) => ({
      ...response,
      ...(response.headers ? { headers: mapValues(response.headers, (header) => ({ ...header, schema: plainSchema(header.schema) })) } : {}),
      ...(response.content ? { content: contents(response.content, `${base}Reply`) } : {}),
    })),
  };
}

class Components {
  readonly #schemas = new Map<string, Schema>();

  add(name: string, schema: Schema): void {
    const plain = this.#withoutNested(plainSchema(schema), name);
    const known = this.#schemas.get(name);
    if (known && !isDeepStrictEqual(known, plain))
      throw new Error(`two schemas of the OpenAPI document have the title ${name}; give one of them another title`);
    this.#schemas.set(name, plain);
  }

  /** Adds a titled or object schema to the components and returns a reference to it. Returns any other schema with references inside it. */
  move(schema: Schema, name: string): Schema {
    if (schema.$ref !== undefined) return schema;
    if (schema.title === undefined && !(schema.type === 'object' && schema.properties)) return this.#withoutNested(plainSchema(schema), name);
    const { title = name } = schema;
    this.add(title, without(schema, 'title'));
    return { $ref: `#/components/schemas/${title}` };
  }

  /** All schemas, sorted by name, so that the document does not depend on the order of the routes. */
  all(): Record<string, Schema> {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #withoutNested(schema: Schema, name: string): Schema {
    return mapParts(schema, (part, place) => this.move(part, name + pascal(place)));
  }
}

function mapValues<T, U>(values: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase());
}
