<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A key that was made or rotated: keep its texts now, they are not told again. */
final class NewKey
{
    /**
     * @param string   $key           for new Client($url, $key)
     * @param string   $signingSecret for the option signing
     * @param int|null $oldUntilMs    of a rotated one: when the old texts end, milliseconds since 1970
     */
    public function __construct(
        public readonly string $id,
        #[\SensitiveParameter]
        public readonly string $key,
        #[\SensitiveParameter]
        public readonly string $signingSecret,
        public readonly ?int $oldUntilMs = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self($answer->string('id'), $answer->string('key'), $answer->string('signing_secret'), $answer->intOrNull('old_until'));
    }
}
