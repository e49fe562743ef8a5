<?php

declare(strict_types=1);

namespace Danmux;

/** A request with the same Idempotency-Key was still running when time ran out (409). */
final class ConflictException extends ApiException
{
}
