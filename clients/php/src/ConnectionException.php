<?php

declare(strict_types=1);

namespace Danmux;

/** Danmux could not be reached, or its answer was lost: the message may or may not have been accepted. Sending it again with the same Idempotency-Key (or id) is safe. */
final class ConnectionException extends ApiException
{
}
