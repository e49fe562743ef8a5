<?php

declare(strict_types=1);

namespace Danmux;

/** What danmux says of an accepted message. */
final class Published
{
    /**
     * @param string      $id       the message's id
     * @param string      $lane     control, gift, chat or ambient; control and gift are stored when this returns
     * @param bool        $replayed true when an earlier try had already been accepted and this is its answer again
     * @param string|null $job      of a delayed message: ask for it, or cancel it, with jobs()
     * @param bool        $duplicate true when an equal message with this id was accepted before, within messages.dedupe_gift_ms (15 minutes;
     *                              chat: a minute): nothing was sent again
     */
    public function __construct(
        public readonly string $id,
        public readonly string $room,
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
            $answer->string('room'),
            $answer->string('lane'),
            $answer->replayed,
            $answer->stringOrNull('job'),
            $answer->boolOrNull('duplicate') ?? false,
        );
    }
}
