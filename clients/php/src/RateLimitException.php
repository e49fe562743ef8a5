<?php

declare(strict_types=1);

namespace Danmux;

/** Too many requests (429); wait for retryAfterMs. */
final class RateLimitException extends ApiException
{
}
