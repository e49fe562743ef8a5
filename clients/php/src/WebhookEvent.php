<?php

declare(strict_types=1);

namespace Danmux;

/** What a webhook told, after its signature was found good. */
final class WebhookEvent
{
    /**
     * @param string $id   the same at every try: keep it to handle an event once
     * @param string $type room.occupied, message.receipts, … (docs/webhooks.md)
     * @param int    $tsMs when it happened, milliseconds since 1970
     */
    public function __construct(
        public readonly string $id,
        public readonly string $type,
        public readonly string $room,
        public readonly int $tsMs,
        public readonly mixed $data,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self($answer->string('id'), $answer->string('type'), $answer->string('room'), $answer->int('ts'), $answer->any('data'));
    }
}
