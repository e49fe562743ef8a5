<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A broadcast that was accepted and is on its way, room by room. */
final class Broadcast
{
    /**
     * @param string $id       the id of its message in every room
     * @param string $job      ask for its progress with jobs()->get()
     * @param bool   $replayed true when an earlier try had already been accepted
     * @param bool   $duplicate true when an equal broadcast with this id was accepted before
     */
    public function __construct(
        public readonly string $id,
        public readonly string $job,
        public readonly bool $replayed = false,
        public readonly bool $duplicate = false,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->string('job'),
            $answer->replayed,
            $answer->boolOrNull('duplicate') ?? false,
        );
    }
}
