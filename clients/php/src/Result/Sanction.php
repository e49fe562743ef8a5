<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A mute, ban or kick of one user. */
final class Sanction
{
    /**
     * @param string  $by      who decided it
     * @param int     $atMs    milliseconds since 1970
     * @param ?string $room    null: in every room
     * @param ?int    $untilMs when it ends; null: when it is lifted
     */
    public function __construct(
        public readonly string $user,
        public readonly string $by,
        public readonly int $atMs,
        public readonly ?string $room = null,
        public readonly ?int $untilMs = null,
        public readonly ?string $reason = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('user'),
            $answer->string('by'),
            $answer->int('at'),
            $answer->stringOrNull('room'),
            $answer->intOrNull('until'),
            $answer->stringOrNull('reason'),
        );
    }
}
