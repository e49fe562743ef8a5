// The document: what it says of each route, in the form OpenAPI 3.1 asks for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errors } from '@danmux/protocol';
import { document, documentedCodes, operations } from './documented-codes.ts';

test('it names every route, and how to authenticate', () => {
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(operations.map(({ method, path }) => `${method} ${path}`).sort(), [
    'DELETE /v1/keys/{id}',
    'GET /v1/audit',
    'GET /v1/keys',
    'GET /v1/nodes',
    'GET /v1/rooms/{room}',
    'GET /v1/rooms/{room}/history',
    'GET /v1/rooms/{room}/members',
    'GET /v1/stats',
    'POST /v1/keys',
    'POST /v1/keys/{id}/rotate',
    'POST /v1/messages/batch',
    'POST /v1/rooms/{room}/messages',
    'POST /v1/tokens',
  ]);
  assert.deepEqual(document.components.securitySchemes, {
    bearer: { type: 'http', scheme: 'bearer' },
    apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  });
});

test('every refusal is a problem of the errors table, under its status', () => {
  assert.deepEqual(document.components.schemas['Problem']?.required, ['type', 'title', 'status', 'code', 'detail']);
  for (const operation of operations) {
    for (const [code, status] of documentedCodes(operation)) assert.equal(Object.hasOwn(errors, code) && errors[code as keyof typeof errors].status, status);
    for (const [status, { content }] of Object.entries(operation.responses).filter(([code]) => Number(code) >= 400))
      assert.deepEqual(content, { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }, `${operation.path} ${status}`);
    for (const code of ['unauthorized', 'forbidden', 'rate_limited', 'internal']) assert.ok(documentedCodes(operation).has(code));
  }
});

test('who may come again is told when', () => {
  for (const operation of operations) {
    for (const [code, status] of documentedCodes(operation)) {
      const { retryable } = errors[code as keyof typeof errors];
      if (retryable && status !== 500) assert.ok(operation.responses[status]?.headers, `${operation.path} ${code}`);
    }
    assert.equal(operation.responses['401']?.headers, undefined);
  }
});

test('every success and every body has an example and words of its own', () => {
  for (const { path, responses, requestBody } of operations) {
    const [status, success] = Object.entries(responses)[0] ?? [];
    assert.ok(Number(status) < 300, path);
    assert.notEqual(success?.description, 'Default Response', path);
    assert.ok(success?.content['application/json']?.example, path);
    if (requestBody) assert.ok(requestBody.content['application/json']?.examples ?? requestBody.content['application/json']?.example, path);
  }
});

test('every POST takes an Idempotency-Key', () => {
  for (const { method, path, parameters = [] } of operations)
    assert.equal(
      parameters.some((parameter) => parameter.in === 'header' && parameter.name === 'idempotency-key'),
      method === 'POST',
      path,
    );
});

test('the file in the repository is this document', () => {
  assert.deepEqual(JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')), JSON.parse(JSON.stringify(document)));
});
