// Sends errors of the admin API as RFC 9457 problem+json, with texts from the errors table. An internal error is logged with its trace id
// and sent without details.
import { DanmuxError, type ErrorCode, errors } from '@danmux/protocol';
import type { Problem } from '@danmux/protocol/schemas';
import { type Runtime, toJson } from '@danmux/runtime';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** An invalid field: its path in the body, such as `messages.0.room`, and the reason. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Trace id and route pattern of a refused request, for the log. */
export interface RefusalContext {
  readonly trace: string;
  readonly route?: string | undefined;
}

export const problemType = 'application/problem+json';
const defaultRetryMs = 1_000;

export function problemOf(error: DanmuxError, trace?: string, fields?: readonly FieldError[]): Problem {
  const { status, text } = errors[error.code];
  const retryAfterMs = retryAfterOf(error);
  return {
    type: `urn:danmux:error:${error.code}`,
    title: text,
    status,
    code: error.code,
    detail: error.message,
    ...(trace === undefined ? {} : { instance: trace }),
    ...(fields && fields.length > 0 ? { errors: [...fields] } : {}),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  };
}

export function sendProblem(reply: FastifyReply, error: DanmuxError, fields?: readonly FieldError[]): FastifyReply {
  const problem = problemOf(error, reply.request.id, fields);
  setRetryAfter(reply, problem.retry_after_ms);
  if (error.status === 401) reply.header('www-authenticate', 'Bearer realm="danmux"');
  return reply.status(error.status).type(problemType).header('x-trace-id', reply.request.id).serializer(toJson).send(problem);
}

/** Sets `Retry-After` (whole seconds, at least 1) to the `retry_after_ms` of a problem. */
export function setRetryAfter(reply: FastifyReply, retryAfterMs: number | undefined): void {
  if (retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1_000)));
}

/** Counts the error; logs an internal error with its cause. */
export function noteRefusal({ metrics, counted }: Pick<Runtime, 'metrics' | 'counted'>, error: DanmuxError, { trace, route }: RefusalContext): void {
  metrics.refused.inc({ source: 'api', code: error.code });
  if (error.code === 'internal') counted.error({ err: error.cause ?? error, trace, route }, 'request failed', { most: 20 });
}

export function errorHandler(runtime: Runtime): (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    const refusal = refusalOf(error);
    noteRefusal(runtime, refusal, { trace: request.id, route: request.routeOptions.url });
    return sendProblem(reply, refusal, fieldsOf(error));
  };
}

/** Returns a DanmuxError as it is. Any other error is a bug in danmux and becomes `internal`. */
export function asDanmuxError(error: unknown): DanmuxError {
  return error instanceof DanmuxError ? error : new DanmuxError('internal', { cause: error });
}

/** Milliseconds until a retry makes sense; undefined when a retry would not help, and for `internal` errors, whose cause may be permanent. */
function retryAfterOf(error: DanmuxError): number | undefined {
  const { retryable, status } = errors[error.code];
  return error.retryHintMs(retryable && status !== 500 ? defaultRetryMs : undefined);
}

/** Our code for each error code of Fastify. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'invalid_request',
};

/** Converts any error thrown for a request to a DanmuxError of the errors table. */
export function refusalOf(error: FastifyError | Error): DanmuxError {
  if (error instanceof DanmuxError) return error;
  const { code = '', statusCode, validation, validationContext } = error as FastifyError;
  if (validation) {
    if (validationContext === 'params' && validation[0]?.instancePath === '/room') return new DanmuxError('invalid_room');
    const [first] = fieldsOf(error);
    return new DanmuxError('invalid_request', {
      message: `${validationContext ?? 'body'}: ${first ? `${first.path || 'it'} ${first.message}` : error.message}.`,
    });
  }
  if (Object.hasOwn(fastifyCodes, code)) return new DanmuxError(fastifyCodes[code] ?? 'internal', { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new DanmuxError('invalid_request', { message: error.message, cause: error });
  return asDanmuxError(error);
}

function fieldsOf(error: FastifyError | Error): FieldError[] {
  const fields = ((error as FastifyError).validation ?? []).map(({ instancePath, message = 'is invalid', params }) => {
    const { requiredProperties, additionalProperties } = params as { requiredProperties?: string[]; additionalProperties?: string[] };
    const path = instancePath.slice(1).replaceAll('/', '.');
    const named = requiredProperties?.[0] ?? additionalProperties?.[0];
    const text = requiredProperties ? 'is required' : additionalProperties ? 'is not a known field' : message;
    return { path: [path, named].filter(Boolean).join('.'), message: text };
  });
  // TypeBox reports an unknown field twice: by its name, and as a violation of the schema `false`.
  return fields.filter(({ message }) => message !== 'schema is false');
}
