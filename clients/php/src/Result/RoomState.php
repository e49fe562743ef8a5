<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A room; one that nobody has been in is empty, not unknown. */
final class RoomState
{
    /**
     * @param int                                              $online    connections, all edges
     * @param int                                              $users     distinct users; an estimate in a large room
     * @param array<string, array{epoch: string, offset: int}> $positions by lane: where its streams are
     * @param array<string, mixed>|null                        $traffic   at, per_second, sequenced, shed; null when it was quiet for an hour
     */
    public function __construct(
        public readonly string $room,
        public readonly int $online,
        public readonly int $users,
        public readonly RoomModes $modes,
        public readonly array $positions,
        public readonly ?array $traffic = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('room'),
            $answer->int('online'),
            $answer->int('users'),
            RoomModes::of($answer->object('modes')),
            $answer->map('positions'),
            $answer->has('traffic') ? $answer->map('traffic') : null,
        );
    }
}
