<?php

declare(strict_types=1);

namespace Danmux;

use RuntimeException;

/** This is no webhook of danmux: answer it with 400 and look no further into it. */
final class WebhookException extends RuntimeException
{
    public const MISSING_HEADER = 'missing_header';
    public const BAD_SIGNATURE = 'bad_signature';
    public const TOO_OLD = 'too_old';
    public const TOO_NEW = 'too_new';
    public const BAD_PAYLOAD = 'bad_payload';

    /** @param string $errorCode one of the constants of this class */
    public function __construct(string $message, public readonly string $errorCode)
    {
        parent::__construct($message);
    }
}
