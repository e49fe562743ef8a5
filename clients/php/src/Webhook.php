<?php

declare(strict_types=1);

namespace Danmux;

use InvalidArgumentException;

/** Checks that a webhook came from your danmux, and just now, as Standard Webhooks 1.0 says. */
final class Webhook
{
    private const TOLERANCE_S = 300;

    /**
     * The event of a webhook whose signature is good.
     *
     * @param string                $payload the body as it came, byte for byte: file_get_contents('php://input')
     * @param array<string, mixed>  $headers webhook-id, webhook-timestamp, webhook-signature, in any case; $_SERVER does
     * @param string|list<string>   $secrets the target's secret (whsec_…); while it is changed, the old and the new one
     * @param int|null              $now     the time to compare with, seconds; for tests
     * @throws WebhookException when it is not to be trusted
     */
    public static function verify(string $payload, array $headers, #[\SensitiveParameter] string|array $secrets, ?int $now = null): WebhookEvent
    {
        return self::event(self::check($payload, $headers, $secrets, $now));
    }

    /**
     * The JSON of anything danmux signs so, the question of the moderation hook too. Arguments as those of verify().
     *
     * @param array<string, mixed> $headers
     * @param string|list<string>  $secrets
     * @return array<string, mixed>
     * @throws WebhookException when it is not to be trusted
     */
    public static function check(string $payload, array $headers, #[\SensitiveParameter] string|array $secrets, ?int $now = null): array
    {
        $headers = self::normal($headers);
        [$id, $timestamp, $signatures] = array_map(
            static fn (string $name): string => $headers["webhook-$name"] ?? throw new WebhookException("The header webhook-$name is missing.", WebhookException::MISSING_HEADER),
            ['id', 'timestamp', 'signature'],
        );
        $keys = array_map(self::key(...), (array) $secrets);
        if ($keys === []) {
            throw new InvalidArgumentException('Give the secret of the webhook.');
        }
        if (!self::isSigned("$id.$timestamp.$payload", $signatures, $keys)) {
            throw new WebhookException('No signature fits the payload and the secret.', WebhookException::BAD_SIGNATURE);
        }
        self::checkTime($timestamp, $now ?? time());
        $decoded = json_decode($payload, true, 512, JSON_BIGINT_AS_STRING);
        return is_array($decoded) ? $decoded : throw new WebhookException('The payload is no JSON object.', WebhookException::BAD_PAYLOAD);
    }

    /**
     * Every signature is compared with every secret, so that the time tells nothing.
     *
     * @param list<string> $keys
     */
    private static function isSigned(string $signed, string $signatures, array $keys): bool
    {
        $found = false;
        foreach (explode(' ', $signatures) as $signature) {
            [$version, $given] = explode(',', $signature, 2) + [1 => ''];
            foreach ($version === 'v1' ? $keys : [] as $key) {
                $found = hash_equals(base64_encode(hash_hmac('sha256', $signed, $key, true)), $given) || $found;
            }
        }
        return $found;
    }

    private static function checkTime(string $timestamp, int $now): void
    {
        if (preg_match('/^\d{1,12}$/D', $timestamp) !== 1 || (int) $timestamp < $now - self::TOLERANCE_S) {
            throw new WebhookException('The webhook is too old: it may be a replay.', WebhookException::TOO_OLD);
        }
        if ((int) $timestamp > $now + self::TOLERANCE_S) {
            throw new WebhookException('The webhook is from the future: are the clocks right?', WebhookException::TOO_NEW);
        }
    }

    private static function key(#[\SensitiveParameter] mixed $secret): string
    {
        $key = is_string($secret) ? base64_decode((string) preg_replace('/^whsec_/', '', $secret), true) : false;
        if ($key === false || $key === '') {
            throw new InvalidArgumentException('A webhook secret is whsec_ and base64.');
        }
        return $key;
    }

    /**
     * Names in lower case with dashes, those of $_SERVER (HTTP_WEBHOOK_ID) too; of several values the first.
     *
     * @param array<string, mixed> $headers
     * @return array<string, string>
     */
    private static function normal(array $headers): array
    {
        $normal = [];
        foreach ($headers as $name => $value) {
            $value = is_array($value) ? reset($value) : $value;
            if (is_string($value) || is_int($value)) {
                $normal[(string) preg_replace('/^http-/', '', strtr(strtolower((string) $name), '_', '-'))] = (string) $value;
            }
        }
        return $normal;
    }

    /** @param array<string, mixed> $event */
    private static function event(array $event): WebhookEvent
    {
        foreach (['id' => 'is_string', 'type' => 'is_string', 'room' => 'is_string', 'ts' => 'is_int'] as $field => $isGood) {
            if (!$isGood($event[$field] ?? null)) {
                throw new WebhookException("The payload is no event of danmux: it has no good $field.", WebhookException::BAD_PAYLOAD);
            }
        }
        return new WebhookEvent($event['id'], $event['type'], $event['room'], $event['ts'], $event['data'] ?? null);
    }
}
