<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;
use Danmux\WebhookEvent;

/** An event that no try brought to its target. */
final class DeadLetter
{
    /**
     * @param string $entry names it to replay it
     * @param string $error why the last try failed
     * @param int    $atMs  when it was given up, milliseconds since 1970
     */
    public function __construct(
        public readonly string $entry,
        public readonly string $target,
        public readonly WebhookEvent $event,
        public readonly string $error,
        public readonly int $attempts,
        public readonly int $atMs,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('entry'),
            $answer->string('target'),
            WebhookEvent::of($answer->object('event')),
            $answer->string('error'),
            $answer->int('attempts'),
            $answer->int('at'),
        );
    }
}
