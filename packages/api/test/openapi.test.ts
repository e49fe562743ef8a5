// The OpenAPI 3.1 document: completeness of each route, and the file in the repository.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ErrorCode, errors, roomNamePattern } from '@danmux/protocol';
import { document, documentedCodes, operations, resolved } from '@danmux/testkit/documented-codes';
import { Value } from 'typebox/value';
import type { Schema } from '../src/document/plain-schema.ts';

test('the document lists every route and the ways to authenticate', () => {
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(operations.map(({ method, path }) => `${method} ${path}`).sort(), [
    'DELETE /v1/bans/{user}',
    'DELETE /v1/jobs/{id}',
    'DELETE /v1/keys/{id}',
    'DELETE /v1/mutes/{user}',
    'DELETE /v1/rooms/{room}/bans/{user}',
    'DELETE /v1/rooms/{room}/messages/{id}',
    'DELETE /v1/rooms/{room}/mutes/{user}',
    'DELETE /v1/words/{list}',
    'GET /v1/audit',
    'GET /v1/bans',
    'GET /v1/bans/{user}',
    'GET /v1/gateway',
    'GET /v1/jobs',
    'GET /v1/jobs/{id}',
    'GET /v1/keys',
    'GET /v1/keys/me',
    'GET /v1/messages/{id}/receipts',
    'GET /v1/messages/{id}/trace',
    'GET /v1/mutes',
    'GET /v1/mutes/{user}',
    'GET /v1/nodes',
    'GET /v1/reviews',
    'GET /v1/rooms',
    'GET /v1/rooms/{room}',
    'GET /v1/rooms/{room}/bans',
    'GET /v1/rooms/{room}/bans/{user}',
    'GET /v1/rooms/{room}/history',
    'GET /v1/rooms/{room}/members',
    'GET /v1/rooms/{room}/mutes',
    'GET /v1/rooms/{room}/mutes/{user}',
    'GET /v1/stats',
    'GET /v1/stats/history',
    'GET /v1/webhooks',
    'GET /v1/webhooks/dead',
    'GET /v1/words',
    'GET /v1/words/{list}',
    'PATCH /v1/rooms/{room}',
    'POST /v1/broadcasts',
    'POST /v1/jobs/{id}/retry',
    'POST /v1/keys',
    'POST /v1/keys/{id}/rotate',
    'POST /v1/messages/batch',
    'POST /v1/reviews/{id}/approve',
    'POST /v1/reviews/{id}/reject',
    'POST /v1/rooms/{room}/kick',
    'POST /v1/rooms/{room}/messages',
    'POST /v1/rooms/{room}/recall',
    'POST /v1/tokens',
    'POST /v1/tokens/watch',
    'POST /v1/users/{user}/kick',
    'POST /v1/users/{user}/messages',
    'POST /v1/users/{user}/recall',
    'POST /v1/webhooks/dead/{entry}/replay',
    'POST /v1/webhooks/{target}/enable',
    'PUT /v1/bans/{user}',
    'PUT /v1/mutes/{user}',
    'PUT /v1/rooms/{room}/bans/{user}',
    'PUT /v1/rooms/{room}/mutes/{user}',
    'PUT /v1/words/{list}',
  ]);
  const { signature, ...keys } = document.components.securitySchemes as Record<string, { name?: string }>;
  assert.deepEqual(keys, { bearer: { type: 'http', scheme: 'bearer' }, apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' } });
  assert.equal(signature?.name, 'X-Danmux-Signature');
});

test('every documented error is in the errors table, under its status', () => {
  assert.deepEqual(document.components.schemas['Problem']?.required, ['type', 'title', 'status', 'code', 'detail']);
  for (const operation of operations) {
    for (const [code, status] of documentedCodes(operation)) assert.equal(Object.hasOwn(errors, code) && errors[code as keyof typeof errors].status, status);
    for (const [status, { content }] of Object.entries(operation.responses).filter(([code]) => Number(code) >= 400))
      assert.deepEqual(content, { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }, `${operation.path} ${status}`);
    const scope = operation['x-scope'];
    const always = ['rate_limited', 'internal', ...(scope ? ['unauthorized'] : []), ...(scope && scope !== 'any' ? ['forbidden'] : [])];
    for (const code of always) assert.ok(documentedCodes(operation).has(code));
  }
});

test('retryable errors document Retry-After', () => {
  for (const operation of operations) {
    for (const [code, status] of documentedCodes(operation)) {
      const { retryable } = errors[code as keyof typeof errors];
      if (retryable && status !== 500) assert.ok(operation.responses[status]?.headers, `${operation.path} ${code}`);
    }
    assert.equal(operation.responses['401']?.headers, undefined);
    const { responses } = operation;
    for (const [code, status] of documentedCodes(operation)) {
      if (errors[code as ErrorCode].retryable && status !== 500) assert.ok(responses[status]?.headers, `${operation.path} ${code}`);
    }
    assert.equal(responses['401']?.headers, undefined);
  }
});

test('every success has a description, and every success and body has an example', () => {
  for (const { path, responses, requestBody } of operations) {
    const [status, success] = Object.entries(responses)[0] ?? [];
    assert.ok(Number(status) < 300, path);
    assert.notEqual(success?.description, 'Default Response', path);
    assert.ok(success?.content['application/json']?.example, path);
    if (requestBody) assert.ok(requestBody.content['application/json']?.examples ?? requestBody.content['application/json']?.example, path);
  }
});

test('every route has a unique summary, a description and its scope', () => {
  const seen = new Set<string>();
  for (const { method, path, summary = '', description = '', 'x-scope': scope } of operations) {
    assert.ok(summary.length > 4 && !seen.has(summary), `${method} ${path}: ${summary}`);
    seen.add(summary);
    if (path === '/v1/gateway') {
      assert.equal(scope, undefined, 'the gateway needs no scope');
      continue;
    }
    assert.ok(scope && description.endsWith(`Scope: \`${scope}\`.`) && description.length > 30, `${method} ${path}: ${description}`);
    assert.equal(['read', 'admin', 'any'].includes(scope), method === 'GET' || /webhooks|retry|keys/.test(path), `${method} ${path} ${scope}`);
  }
});

test('every route has a unique operationId', () => {
  const ids = operations.map(({ operationId = '' }) => operationId);
  for (const [index, id] of ids.entries()) assert.match(id, /^[a-z]+([A-Z][a-z]+)+$/, operations[index]?.path);
  assert.equal(new Set(ids).size, operations.length, String(ids.filter((id, index) => ids.indexOf(id) !== index)));
});

test('every parameter is described', () => {
  for (const { method, path, parameters = [] } of operations) {
    for (const { name, description = '' } of parameters) assert.ok(description.length > 3, `${method} ${path}: ${name}`);
    for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
      const parameter = parameters.find((each) => each.in === 'path' && each.name === name);
      assert.ok(parameter?.example !== undefined && Value.Check(resolved(parameter.schema), parameter.example), `${path} ${name}`);
    }
  }
});

test('every example fits its schema', () => {
  let checked = 0;
  for (const { method, path, responses, requestBody } of operations) {
    const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)].flatMap((content) => Object.values(content ?? {}));
    for (const { schema: referring, example, examples = {} } of contents) {
      const schema = resolved(referring);
      for (const value of [...(example === undefined ? [] : [example]), ...Object.values(examples).map((each) => each.value)]) {
        checked++;
        assert.ok(Value.Check(schema, value), `${method} ${path}: ${JSON.stringify(value)} ${JSON.stringify(Value.Errors(schema, value))}`);
      }
    }
  }
  assert.ok(checked > operations.length, `${checked} examples`);
});

test('every POST accepts an Idempotency-Key', () => {
  for (const { method, path, parameters = [] } of operations)
    assert.equal(
      parameters.some((parameter) => parameter.in === 'header' && parameter.name === 'idempotency-key'),
      method === 'POST',
      path,
    );
});

test('docs/openapi.json equals this document', () => {
  assert.deepEqual(JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')), JSON.parse(JSON.stringify(document)));
});

/** Every schema of the document, each with the path at which it stands. */
function schemasIn(value: unknown, path = ''): [string, Schema][] {
  if (typeof value !== 'object' || value === null || /\/examples?$/.test(path)) return [];
  const inner = Object.entries(value).flatMap(([name, part]) => schemasIn(part, `${path}/${name}`));
  return 'type' in value || 'anyOf' in value ? [[path, value as Schema], ...inner] : inner;
}
const schemas = schemasIn({ paths: document.paths, components: document.components.schemas });

test('every integer says whether it has 32 or 64 bits', () => {
  const integers = schemas.filter(([, { type }]) => type === 'integer' || (Array.isArray(type) && type.includes('integer')));
  assert.ok(integers.length > 100, `only ${integers.length} integers`);
  for (const [path, { format }] of integers) assert.ok(format === 'int64' || format === 'int32', path);
  const { ts, expires_at } = document.components.schemas['Message']?.properties ?? {};
  assert.deepEqual([ts?.format, expires_at?.format], ['int64', 'int64']);
});

test('a count or a constant is an integer, not a number', () => {
  const { BatchAccepted, MessagePart } = document.components.schemas;
  assert.deepEqual(BatchAccepted?.properties?.['status'], { type: 'integer', enum: [202], format: 'int32' });
  assert.deepEqual(MessagePart?.properties?.['count'], { type: 'integer', minimum: 1, format: 'int64' });
  for (const [path, { type, enum: values = [0.5] }] of schemas) assert.ok(type !== 'number' || !values.every(Number.isInteger), path);
});

test('no union of constants and no boolean with one value', () => {
  for (const [path, { type, anyOf, enum: values }] of schemas) {
    assert.ok(!(type === 'boolean' && values), path);
    assert.ok(!anyOf || anyOf.some((option) => option.enum === undefined), path);
  }
  assert.deepEqual(document.components.schemas['Lane'], { type: 'string', enum: ['control', 'gift', 'chat', 'ambient'] });
});

test('every object has a name', () => {
  for (const [path, { type, properties }] of schemas) assert.ok(type !== 'object' || !properties || /^\/components\/\w+$/.test(path), path);
  const names = [
    'Message',
    'Room',
    'Member',
    'ApiKey',
    'Sanction',
    'Job',
    'Webhook',
    'Stats',
    'Trace',
    'Node',
    'Receipts',
    'AuditRow',
    'WordList',
    'HeldMessage',
  ];
  for (const name of names) assert.ok(document.components.schemas[name], name);
  assert.deepEqual(
    Object.keys(document.components.schemas).filter((name) => /(Reply|Item|Value|Option\d)$/.test(name) && name !== 'BatchReply'),
    [],
    'give these schemas a title',
  );
});

test('numbers in a query are integers, and the room has its pattern', () => {
  const parameters = operations.flatMap((operation) => operation.parameters ?? []);
  const counts = parameters.filter(({ name }) => ['limit', 'before', 'minutes'].includes(name));
  assert.ok(counts.length > 8, `${counts.length} parameters`);
  for (const { name, schema } of counts) assert.equal((schema as Schema).type, 'integer', name);
  const rooms = parameters.filter((each) => each.in === 'path' && each.name === 'room');
  assert.ok(rooms.length > 10, `${rooms.length} rooms`);
  for (const { schema } of rooms) assert.equal((schema as Schema)['pattern'], roomNamePattern);
});

test('the first server of the file is npm start', () => {
  assert.equal(document.servers[0]?.url, 'http://{host}:{port}');
});
