<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** How a room may be talked in; null does not limit. */
final class RoomModes
{
    /**
     * @param ?int   $slowMs        one message a user in so many milliseconds
     * @param bool   $membersOnly   only users with a role of moderation.member_roles may send
     * @param ?int   $minLevel      only users of at least this level may send
     * @param bool   $muteAll       nobody may send
     * @param bool   $unique        the same text of one user is not accepted twice within 30 s
     * @param ?float $chatPerSecond chat messages a second the viewers are sent
     * @param ?int   $sendPerMinute messages a minute one user may send
     * @param ?int   $maxOnline     connections; a join past it is refused
     */
    public function __construct(
        public readonly ?int $slowMs = null,
        public readonly bool $membersOnly = false,
        public readonly ?int $minLevel = null,
        public readonly bool $muteAll = false,
        public readonly bool $unique = false,
        public readonly ?float $chatPerSecond = null,
        public readonly ?int $sendPerMinute = null,
        public readonly ?int $maxOnline = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->intOrNull('slow_ms'),
            $answer->boolOrNull('members_only') ?? false,
            $answer->intOrNull('min_level'),
            $answer->boolOrNull('mute_all') ?? false,
            $answer->boolOrNull('unique') ?? false,
            $answer->floatOrNull('chat_per_second'),
            $answer->intOrNull('send_per_minute'),
            $answer->intOrNull('max_online'),
        );
    }
}
