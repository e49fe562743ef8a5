<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** Words, and what is done with a message that holds one of them. */
final class WordList
{
    /**
     * @param string            $action block, mask, hold or shadow
     * @param list<string>|null $words  null in the list of lists, which only counts them
     * @param int               $count  how many words it has
     * @param list<string>|null $rooms  exact names or `prefix*`; null: every room
     */
    public function __construct(
        public readonly string $name,
        public readonly string $action,
        public readonly ?array $words,
        public readonly int $count,
        public readonly ?array $rooms,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('name'),
            $answer->string('action'),
            $answer->has('words') ? $answer->strings('words') : null,
            $answer->has('words') ? count($answer->strings('words')) : $answer->int('count'),
            $answer->has('rooms') ? $answer->strings('rooms') : null,
        );
    }
}
