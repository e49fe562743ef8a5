<?php

declare(strict_types=1);

namespace Danmux;

use RuntimeException;
use Throwable;

/**
 * Danmux did not do what was asked. Catch this to catch everything the client throws about a request; the sub-classes
 * tell the kinds apart. It never holds the API key.
 */
class ApiException extends RuntimeException
{
    /**
     * @param string      $errorCode    a code of docs/errors.md, or `connection_failed` or `bad_answer`
     * @param int         $status       the HTTP status; 0 when there was no answer
     * @param int|null    $retryAfterMs how long the server asked to wait, milliseconds
     * @param string|null $traceId      names this request in the server's log
     */
    final public function __construct(
        string $message,
        public readonly string $errorCode,
        public readonly int $status = 0,
        public readonly ?int $retryAfterMs = null,
        public readonly ?string $traceId = null,
        ?Throwable $previous = null,
    ) {
        parent::__construct($message, $status, $previous);
    }
}
