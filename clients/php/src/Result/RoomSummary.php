<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A room with a viewer online. */
final class RoomSummary
{
    /**
     * @param int $online connections, all edges
     */
    public function __construct(
        public readonly string $room,
        public readonly int $online,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('room'),
            $answer->int('online'),
        );
    }
}
