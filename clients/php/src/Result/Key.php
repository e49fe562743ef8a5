<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** An API key, without its texts. */
final class Key
{
    /**
     * @param list<string>      $scopes       publish, moderate, read, admin
     * @param bool              $signedOnly   the bare key opens nothing
     * @param string            $source       config, or store when it was made over the API
     * @param list<string>|null $rooms        exact names or `prefix*`; null: every room
     * @param int|null          $createdAtMs  milliseconds since 1970
     * @param int|null          $expiresAtMs  when it ends by itself
     * @param int|null          $oldUntilMs   when the texts that were rotated out end
     * @param int|null          $lastUsedAtMs to the hour; null: never
     */
    public function __construct(
        public readonly string $id,
        public readonly array $scopes,
        public readonly bool $signedOnly,
        public readonly string $source,
        public readonly ?array $rooms = null,
        public readonly ?int $createdAtMs = null,
        public readonly ?int $expiresAtMs = null,
        public readonly ?int $oldUntilMs = null,
        public readonly ?int $lastUsedAtMs = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->strings('scopes'),
            $answer->bool('signed_only'),
            $answer->string('source'),
            $answer->has('rooms') ? $answer->strings('rooms') : null,
            $answer->intOrNull('created_at'),
            $answer->intOrNull('expires_at'),
            $answer->intOrNull('old_until'),
            $answer->intOrNull('last_used_at'),
        );
    }
}
