<?php

declare(strict_types=1);

namespace Danmux;

/**
 * 409: a request with the same Idempotency-Key was still running when time ran out (`idempotency_in_flight`), the id belongs to a message with
 * other content (`duplicate_id`), or the state of the resource does not permit the request (`conflict`).
 */
final class ConflictException extends ApiException
{
}
