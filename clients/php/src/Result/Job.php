<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** Work of the cluster: a delayed message, a broadcast, … */
final class Job
{
    /**
     * @param string  $name        publish, broadcast, receipts, webhooks, archive
     * @param string  $state       waiting, delayed, active, done or failed
     * @param int     $attempts    tries that were begun
     * @param int     $createdAtMs milliseconds since 1970
     * @param int     $done        how much of it is done
     * @param int     $total       of how much; 0 while it is not known
     * @param ?string $error       why the last try failed
     */
    public function __construct(
        public readonly string $id,
        public readonly string $name,
        public readonly string $state,
        public readonly int $attempts,
        public readonly int $createdAtMs,
        public readonly int $done = 0,
        public readonly int $total = 0,
        public readonly ?int $finishedAtMs = null,
        public readonly ?string $error = null,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->string('name'),
            $answer->string('state'),
            $answer->int('attempts'),
            $answer->int('created_at'),
            $answer->has('progress') ? $answer->object('progress')->int('done') : 0,
            $answer->has('progress') ? $answer->object('progress')->int('total') : 0,
            $answer->intOrNull('finished_at'),
            $answer->stringOrNull('error'),
        );
    }
}
