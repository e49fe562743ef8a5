// Every refusal of the admin API as RFC 9457 problem+json, made from the errors table. What goes wrong inside is logged with
// the trace id and told without details.
import { DanmuxError, type ErrorCode, errors } from '@danmux/protocol';
import type { Problem } from '@danmux/protocol/schemas';
import type { Runtime } from '@danmux/runtime';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** A field that is wrong, by its path in the body. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export function problemOf(error: DanmuxError, trace?: string, fields?: readonly FieldError[]): Problem {
  const { status, text } = errors[error.code];
  return {
    type: `urn:danmux:error:${error.code}`,
    title: text,
    status,
    code: error.code,
    detail: error.message,
    ...(trace === undefined ? {} : { instance: trace }),
    ...(fields && fields.length > 0 ? { errors: [...fields] } : {}),
    ...(error.retryAfterMs === undefined ? {} : { retry_after_ms: error.retryAfterMs }),
  };
}

export function sendProblem(reply: FastifyReply, error: DanmuxError, fields?: readonly FieldError[]): FastifyReply {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
  return reply
    .status(error.status)
    .type('application/problem+json')
    .serializer((problem: unknown) => JSON.stringify(problem))
    .send(problemOf(error, reply.request.trace, fields));
}

/** Fastify's errors by their code. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'invalid_room',
};

export function errorHandler(runtime: Runtime): (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    const refusal = refusalOf(error);
    runtime.metrics.refused.inc({ source: 'api', code: refusal.code });
    if (refusal.code === 'internal') runtime.log.error({ err: error, trace: request.trace, route: request.routeOptions.url }, 'a request failed');
    return sendProblem(reply, refusal, fieldsOf(error));
  };
}

function refusalOf(error: FastifyError | Error): DanmuxError {
  if (error instanceof DanmuxError) return error;
  const { code = '', statusCode, validation, validationContext } = error as FastifyError;
  if (validation) {
    const [first] = fieldsOf(error);
    return new DanmuxError('invalid_request', {
      message: `${validationContext ?? 'body'}: ${first ? `${first.path || 'it'} ${first.message}` : error.message}.`,
    });
  }
  if (error instanceof SyntaxError) return new DanmuxError('invalid_json', { message: `The body is not valid JSON: ${error.message}` });
  if (Object.hasOwn(fastifyCodes, code)) return new DanmuxError(fastifyCodes[code] ?? 'internal', { cause: error });
  if (statusCode === 429) return error as DanmuxError;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new DanmuxError('invalid_request', { message: error.message, cause: error });
  return new DanmuxError('internal', { cause: error });
}

function fieldsOf(error: FastifyError | Error): FieldError[] {
  const fields = ((error as FastifyError).validation ?? []).map(({ instancePath, message = 'is wrong', params }) => {
    const { requiredProperties, additionalProperties } = params as { requiredProperties?: string[]; additionalProperties?: string[] };
    const path = instancePath.slice(1).replaceAll('/', '.');
    const named = requiredProperties?.[0] ?? additionalProperties?.[0];
    const text = requiredProperties ? 'is required' : additionalProperties ? 'is not a known field' : message;
    return { path: [path, named].filter(Boolean).join('.'), message: text };
  });
  // A refused field is named twice, once by the schema `false` that refuses it.
  return fields.filter(({ message }) => message !== 'schema is false');
}
