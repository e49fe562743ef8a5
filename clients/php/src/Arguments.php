<?php

declare(strict_types=1);

namespace Danmux;

use InvalidArgumentException;

/**
 * Checks what callers give as options, so that a misspelt one shows before anything is sent.
 *
 * @internal
 */
final class Arguments
{
    /** The fields of a message besides its type and data. */
    public const MESSAGE = ['from', 'id', 'receipt', 'delay_ms', 'expires_at'];

    /**
     * The given options, all of them known.
     *
     * @param array<string, mixed> $given
     * @param list<string>         $known
     * @return array<string, mixed>
     */
    public static function known(array $given, array $known): array
    {
        $unknown = array_diff(array_keys($given), $known);
        if ($unknown !== []) {
            throw new InvalidArgumentException('Unknown: ' . implode(', ', $unknown) . '; known: ' . implode(', ', $known) . '.');
        }
        return $given;
    }

    /**
     * The body of a message.
     *
     * @param array<string, mixed> $options may hold idempotencyKey, which is no part of it
     * @return array<string, mixed>
     */
    public static function message(string $type, mixed $data, array $options): array
    {
        self::known($options, [...self::MESSAGE, 'idempotencyKey']);
        return ['type' => $type, 'data' => $data] + array_intersect_key($options, array_flip(self::MESSAGE));
    }
}
