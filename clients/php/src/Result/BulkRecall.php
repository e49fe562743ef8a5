<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** All messages of a user, or of a room, that were taken back. */
final class BulkRecall
{
    /**
     * @param int     $count messages that left history
     * @param int     $held  messages of the user that waited for review and are rejected
     * @param ?string $room  null: every room
     * @param ?string $user  null: the room was cleared
     * @param ?int    $rooms rooms that held a message of the user; null for one room
     */
    public function __construct(
        public readonly int $count,
        public readonly int $held,
        public readonly ?string $room = null,
        public readonly ?string $user = null,
        public readonly ?int $rooms = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->int('count'),
            $answer->int('held'),
            $answer->stringOrNull('room'),
            $answer->stringOrNull('user'),
            $answer->intOrNull('rooms'),
        );
    }
}
