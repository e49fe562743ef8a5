<?php

declare(strict_types=1);

namespace Danmux\Result;

use Danmux\Answer;

/** A process of the cluster. */
final class Node
{
    /**
     * @param string               $role    edge, relay, api or worker
     * @param string               $address host:port; empty for a role that listens nowhere
     * @param float                $load    0 idle to 1 full
     * @param array<string, mixed> $numbers what it measured of itself, in the names of the API: lag_ms, cpu, rss_bytes, connections, shards, …
     */
    public function __construct(
        public readonly string $id,
        public readonly string $role,
        public readonly string $address,
        public readonly string $version,
        public readonly float $load,
        public readonly array $numbers = [],
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
            array_diff_key($answer->fields(), array_flip(['id', 'role', 'address', 'version', 'load'])),
        );
    }
}
