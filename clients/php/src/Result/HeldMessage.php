<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A viewer's message that waits for a moderator. */
final class HeldMessage
{
    /**
     * @param array<string, mixed> $from   who sent it: id, name, …
     * @param int                  $atMs   milliseconds since 1970
     * @param string               $reason which word list or hook held it
     */
    public function __construct(
        public readonly string $id,
        public readonly string $room,
        public readonly string $type,
        public readonly mixed $data,
        public readonly array $from,
        public readonly int $atMs,
        public readonly string $reason,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->string('room'),
            $answer->string('type'),
            $answer->any('data'),
            $answer->map('from'),
            $answer->int('at'),
            $answer->string('reason'),
        );
    }
}
