<?php

declare(strict_types=1);

namespace Danmux;

use InvalidArgumentException;

/** The client's options with their defaults. An unknown name or a bad value is refused, so that a misspelt one shows. */
final class Options
{
    /** Everything a call may take, all its tries and waits together. */
    public readonly int $deadlineMs;
    /** One try, from connect to the last byte. */
    public readonly int $attemptTimeoutMs;
    public readonly int $connectTimeoutMs;
    /** 1 never tries again. */
    public readonly int $maxAttempts;
    /** The wait before the first retry is half of this to all of it; it doubles each time. */
    public readonly int $backoffBaseMs;
    public readonly int $backoffMaxMs;

    /** @param array<string, mixed> $given */
    public function __construct(array $given = [])
    {
        $defaults = [
            'deadline_ms' => 10_000,
            'attempt_timeout_ms' => 3_000,
            'connect_timeout_ms' => 1_000,
            'max_attempts' => 10,
            'backoff_base_ms' => 100,
            'backoff_max_ms' => 2_000,
        ];
        $unknown = array_diff_key($given, $defaults);
        if ($unknown !== []) {
            throw new InvalidArgumentException(
                'Unknown option ' . implode(', ', array_keys($unknown)) . '; the options are ' . implode(', ', array_keys($defaults)) . '.',
            );
        }
        foreach ($given as $name => $value) {
            if (!is_int($value) || $value < 1) {
                throw new InvalidArgumentException("The option $name must be a whole number from 1.");
            }
        }
        $all = $given + $defaults;
        $this->deadlineMs = $all['deadline_ms'];
        $this->attemptTimeoutMs = $all['attempt_timeout_ms'];
        $this->connectTimeoutMs = $all['connect_timeout_ms'];
        $this->maxAttempts = $all['max_attempts'];
        $this->backoffBaseMs = $all['backoff_base_ms'];
        $this->backoffMaxMs = $all['backoff_max_ms'];
    }
}
