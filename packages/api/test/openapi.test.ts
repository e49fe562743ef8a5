// The OpenAPI 3.1 document: completeness of each route, and the file in the repository.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ErrorCode, errors } from '@danmux/protocol';
import { document, documentedCodes, operations } from '@danmux/testkit/documented-codes';
import { Value } from 'typebox/value';

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
    'POST /v1/tokens',
    'POST /v1/users/{user}/kick',
    'POST /v1/users/{user}/messages',
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
      assert.ok(parameter?.example !== undefined && Value.Check(parameter.schema, parameter.example), `${path} ${name}`);
    }
  }
});

test('every example fits its schema', () => {
  let checked = 0;
  for (const { method, path, responses, requestBody } of operations) {
    const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)].flatMap((content) => Object.values(content ?? {}));
    for (const { schema, example, examples = {} } of contents.filter((content) => !('$ref' in content.schema))) {
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
