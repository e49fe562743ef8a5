<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A request that changed something, or tried to. */
final class AuditRow
{
    /**
     * @param int                   $tsMs   milliseconds since 1970
     * @param string|null           $key    the key's id; null when it was not proven
     * @param string                $route  with its parameters in place of their values
     * @param array<string, string> $params the values
     * @param string|null           $code   of a refusal
     */
    public function __construct(
        public readonly int $tsMs,
        public readonly ?string $key,
        public readonly string $method,
        public readonly string $route,
        public readonly array $params,
        public readonly int $status,
        public readonly ?string $code,
        public readonly string $trace,
        public readonly string $address,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->int('ts'),
            $answer->stringOrNull('key'),
            $answer->string('method'),
            $answer->string('route'),
            $answer->map('params'),
            $answer->int('status'),
            $answer->stringOrNull('code'),
            $answer->string('trace'),
            $answer->string('address'),
        );
    }
}
