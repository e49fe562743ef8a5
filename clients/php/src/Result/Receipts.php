<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** What became of a message that asked for receipts. */
final class Receipts
{
    /**
     * @param int          $atMs     when it was accepted, milliseconds since 1970
     * @param bool         $final    the time-out is over; before it answers may be on their way
     * @param int          $sent     connections it was sent to
     * @param int          $received of those, how many said that they have it
     * @param list<string> $rooms    `@me` for a message to a user
     */
    public function __construct(
        public readonly string $id,
        public readonly int $atMs,
        public readonly bool $final,
        public readonly int $sent,
        public readonly int $received,
        public readonly int $missing,
        public readonly array $rooms,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->int('at'),
            $answer->string('state') === 'final',
            $answer->int('sent'),
            $answer->int('received'),
            $answer->int('missing'),
            $answer->strings('rooms'),
        );
    }
}
