<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** Somebody in a room. */
final class Member
{
    /**
     * @param bool                 $guest  it came without a token
     * @param array<string, mixed> $fields all that is known of it: avatar, …
     */
    public function __construct(
        public readonly string $id,
        public readonly ?string $name = null,
        public readonly ?int $level = null,
        public readonly bool $guest = false,
        public readonly array $fields = [],
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->stringOrNull('name'),
            $answer->intOrNull('level'),
            $answer->boolOrNull('guest') ?? false,
            $answer->fields(),
        );
    }
}
