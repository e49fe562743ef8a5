<?php

declare(strict_types=1);

namespace Danmux;

use InvalidArgumentException;

/**
 * How a request says whose it is: with the API key itself, or signed with the secret of a key, which then never travels.
 * Never shown in dumps.
 *
 * @internal
 */
final class Credentials
{
    private function __construct(
        #[\SensitiveParameter]
        private readonly string $key,
        private readonly ?string $signingKeyId,
    ) {
    }

    public static function bearer(#[\SensitiveParameter] string $apiKey): self
    {
        if (preg_match('/^[\x21-\x7e]+$/D', $apiKey) !== 1) {
            throw new InvalidArgumentException('The API key must be printable characters without blanks.');
        }
        return new self($apiKey, null);
    }

    /** @param mixed $signing {key_id, secret} */
    public static function signed(#[\SensitiveParameter] mixed $signing): self
    {
        if (!is_array($signing) || array_diff(array_keys($signing), ['key_id', 'secret']) !== []) {
            throw new InvalidArgumentException('The option signing is [\'key_id\' => …, \'secret\' => …].');
        }
        [$id, $secret] = [$signing['key_id'] ?? null, $signing['secret'] ?? null];
        if (!is_string($id) || preg_match('/^[A-Za-z0-9_-]{1,64}$/D', $id) !== 1) {
            throw new InvalidArgumentException('signing.key_id must be the id of a key.');
        }
        if (!is_string($secret) || strlen($secret) < 32) {
            throw new InvalidArgumentException('signing.secret must be the signing secret of the key, at least 32 characters.');
        }
        return new self($secret, $id);
    }

    /**
     * For one try: a signed one has a time and a nonce of its own, or it would be taken for a replay.
     *
     * @param string $target the path as it is sent, with its query
     * @return list<string>
     */
    public function headers(string $method, string $target, string $body): array
    {
        if ($this->signingKeyId === null) {
            return ["Authorization: Bearer {$this->key}"];
        }
        [$timestamp, $nonce] = [(string) time(), bin2hex(random_bytes(16))];
        $signed = implode("\n", [$method, $target, $timestamp, $nonce, hash('sha256', $body)]);
        return [
            "X-Danmux-Key: {$this->signingKeyId}",
            "X-Danmux-Timestamp: $timestamp",
            "X-Danmux-Nonce: $nonce",
            'X-Danmux-Signature: v1=' . hash_hmac('sha256', $signed, $this->key),
        ];
    }

    /** @return array<string, mixed> what var_dump and traces may show */
    public function __debugInfo(): array
    {
        return ['key' => '[redacted]', 'signingKeyId' => $this->signingKeyId];
    }
}
