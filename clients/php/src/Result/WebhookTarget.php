<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A webhook target of the config, and how it does. */
final class WebhookTarget
{
    /**
     * @param string      $host      host and port of its url; the path may be a secret
     * @param string      $state     closed: all is well; open: it fails, and is tried again at retryAtMs; disabled: it answered 410;
     *                               unserved: no running worker has it in its config
     * @param int         $failures  tries that failed since the last that did not
     * @param int         $lagMs     for how long the oldest event waits that it was not given
     * @param int|null    $retryAtMs milliseconds since 1970
     * @param string|null $error     why the last try failed
     * @param int         $dropped   events lost at the cap of the event log before it was given them
     */
    public function __construct(
        public readonly string $id,
        public readonly string $host,
        public readonly string $state,
        public readonly int $failures,
        public readonly int $lagMs,
        public readonly ?int $retryAtMs = null,
        public readonly ?string $error = null,
        public readonly int $dropped = 0,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->string('host'),
            $answer->string('state'),
            $answer->int('failures'),
            $answer->int('lag_ms'),
            $answer->intOrNull('retry_at'),
            $answer->stringOrNull('error'),
            $answer->intOrNull('dropped') ?? 0,
        );
    }
}
