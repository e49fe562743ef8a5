<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A page of a room's history, lowest offset first. */
final class History
{
    /**
     * @param bool $more older ones follow: give the first message's offset as before
     */
    public function __construct(
        public readonly array $messages,
        public readonly bool $more,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->list('msgs', Message::of(...)),
            $answer->bool('more'),
        );
    }
}
