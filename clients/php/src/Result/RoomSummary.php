<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A room with a viewer online. */
final class RoomSummary
{
    /**
     * @param int                       $online    connections, all edges
     * @param array<string, float>|null $perSecond messages a second by lane; null when nothing was said in the last seconds
     */
    public function __construct(
        public readonly string $room,
        public readonly int $online,
        public readonly ?array $perSecond = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('room'),
            $answer->int('online'),
            $answer->has('per_second') ? $answer->map('per_second') : null,
        );
    }
}
