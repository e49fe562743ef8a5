<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A message as viewers see it. */
final class Message
{
    /**
     * @param string                    $lane    control, gift, chat or ambient
     * @param int                       $tsMs    when it was accepted, milliseconds since 1970
     * @param ?int                      $offset  its place in the stream of room and lane
     * @param array<string, mixed>|null $from    who sent it: id, name, …
     * @param bool                      $receipt viewers are asked to say that they have it
     */
    public function __construct(
        public readonly string $id,
        public readonly string $lane,
        public readonly string $type,
        public readonly mixed $data,
        public readonly int $tsMs,
        public readonly ?int $offset = null,
        public readonly ?array $from = null,
        public readonly bool $receipt = false,
        public readonly ?int $expiresAtMs = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->string('lane'),
            $answer->string('type'),
            $answer->any('data'),
            $answer->int('ts'),
            $answer->intOrNull('offset'),
            $answer->has('from') ? $answer->map('from') : null,
            $answer->boolOrNull('receipt') ?? false,
            $answer->intOrNull('expires_at'),
        );
    }
}
