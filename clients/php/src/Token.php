<?php

declare(strict_types=1);

namespace Danmux;

/** A viewer token: give it to the viewer's browser, never the API key. */
final class Token
{
    /** @param int $expiresAtMs milliseconds since 1970 */
    public function __construct(
        #[\SensitiveParameter]
        public readonly string $token,
        public readonly int $expiresAtMs,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self($answer->string('token'), $answer->int('expires_at'));
    }
}
