<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** The cluster in numbers, since its store began. */
final class Stats
{
    /**
     * @param int                               $rooms     rooms with a viewer online
     * @param int                               $online    connections in rooms
     * @param array<string, int>                $accepted  messages by lane
     * @param array<string, int>                $sequenced messages by lane
     * @param array<string, array<string, int>> $shed      by lane, then by reason
     */
    public function __construct(
        public readonly int $rooms,
        public readonly int $online,
        public readonly array $accepted,
        public readonly array $sequenced,
        public readonly array $shed,
        public readonly array $nodes,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->int('rooms'),
            $answer->int('online'),
            $answer->map('accepted'),
            $answer->map('sequenced'),
            $answer->map('shed'),
            $answer->list('nodes', Node::of(...)),
        );
    }
}
