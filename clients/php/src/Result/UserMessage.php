<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A message to one user that was accepted. */
final class UserMessage
{
    /**
     * @param string  $id       the id of the message
     * @param string  $lane     control and gift are stored when this returns
     * @param bool    $replayed true when an earlier try had already been accepted
     * @param ?string $job      of a delayed one: ask for it, or cancel it, with jobs()
     * @param bool    $duplicate true when an equal message with this id was accepted before (see Published)
     */
    public function __construct(
        public readonly string $id,
        public readonly string $user,
        public readonly string $lane,
        public readonly bool $replayed = false,
        public readonly ?string $job = null,
        public readonly bool $duplicate = false,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->string('user'),
            $answer->string('lane'),
            $answer->replayed,
            $answer->stringOrNull('job'),
            $answer->boolOrNull('duplicate') ?? false,
        );
    }
}
