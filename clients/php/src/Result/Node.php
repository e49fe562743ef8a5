<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A process of the cluster. */
final class Node
{
    /**
     * @param string $role    edge, relay, api or worker
     * @param string $address host:port; empty for a role that listens nowhere
     * @param float  $load    0 idle to 1 full
     */
    public function __construct(
        public readonly string $id,
        public readonly string $role,
        public readonly string $address,
        public readonly string $version,
        public readonly float $load,
    ) {
    }

    /** @internal */
    public static function of(Answer $answer): self
    {
        return new self(
            $answer->string('id'),
            $answer->string('role'),
            $answer->string('address'),
            $answer->string('version'),
            $answer->float('load'),
        );
    }
}
