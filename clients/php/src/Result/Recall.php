<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A message that was taken back. */
final class Recall
{
    /**
     * @param bool $found history had it; false also of one that is on its way, which will not arrive
     */
    public function __construct(
        public readonly string $id,
        public readonly string $room,
        public readonly bool $found,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->string('room'),
            $answer->bool('found'),
        );
    }
}
