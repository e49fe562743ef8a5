<?php

declare(strict_types=1);

namespace Danmux;

use InvalidArgumentException;
use JsonException;

/**
 * Requests to the admin API: addresses, headers and JSON. Every POST carries an Idempotency-Key; GET, PUT, PATCH and DELETE
 * may be repeated as they are, so all of them are tried again alike.
 *
 * @internal
 */
final class Http
{
    private readonly string $baseUrl;
    private readonly Retrying $retrying;

    public function __construct(string $baseUrl, private readonly Credentials $credentials, Options $options)
    {
        if (preg_match('#^https?://[^\s/?\#@]+(/[^\s?\#]*)?$#D', $baseUrl) !== 1) {
            throw new InvalidArgumentException('The base URL must be like http://127.0.0.1:7800.');
        }
        $this->baseUrl = rtrim($baseUrl, '/');
        $this->retrying = new Retrying($options);
    }

    /**
     * @param list<string|int>                            $path
     * @param array<string, string|int|bool|null>         $query nulls are left out
     */
    public function get(array $path, array $query = []): Answer
    {
        return $this->send('GET', $path, $query, null, []);
    }

    /**
     * @param list<string|int>                $path
     * @param array<string, mixed>|null       $body null sends none
     */
    public function post(array $path, ?array $body, ?string $idempotencyKey = null): Answer
    {
        $idempotencyKey ??= bin2hex(random_bytes(16));
        if (preg_match('/^[\x21-\x7e]{1,64}$/D', $idempotencyKey) !== 1) {
            throw new InvalidArgumentException('An idempotency key is 1 to 64 printable characters without blanks.');
        }
        return $this->send('POST', $path, [], $body ?? [], ["Idempotency-Key: $idempotencyKey"]);
    }

    /**
     * @param list<string|int>     $path
     * @param array<string, mixed> $body
     */
    public function put(array $path, array $body): Answer
    {
        return $this->send('PUT', $path, [], $body, []);
    }

    /**
     * @param list<string|int>     $path
     * @param array<string, mixed> $body
     */
    public function patch(array $path, array $body): Answer
    {
        return $this->send('PATCH', $path, [], $body, []);
    }

    /** @param list<string|int> $path */
    public function delete(array $path): Answer
    {
        return $this->send('DELETE', $path, [], null, []);
    }

    /**
     * Null when it was not there: the same to the caller as an answer that was lost before a retry.
     *
     * @param list<string|int> $path
     */
    public function deleteIfThere(array $path): ?Answer
    {
        return self::ifThere(fn (): Answer => $this->delete($path));
    }

    /** @param list<string|int> $path */
    public function getIfThere(array $path): ?Answer
    {
        return self::ifThere(fn (): Answer => $this->get($path));
    }

    /** @param callable(): Answer $ask */
    private static function ifThere(callable $ask): ?Answer
    {
        try {
            return $ask();
        } catch (InvalidRequestException $error) {
            return $error->errorCode === 'not_found' ? null : throw $error;
        }
    }

    /** @return array<string, mixed> what var_dump and traces may show */
    public function __debugInfo(): array
    {
        return ['baseUrl' => $this->baseUrl];
    }

    /**
     * @param list<string|int>                    $path
     * @param array<string, string|int|bool|null> $query
     * @param array<string, mixed>|null           $body
     * @param list<string>                        $headers
     */
    private function send(string $method, array $path, array $query, ?array $body, array $headers): Answer
    {
        $target = '/v1/' . implode('/', array_map(static fn (string|int $part): string => self::segment((string) $part), $path));
        $query = array_filter($query, static fn (mixed $value): bool => $value !== null);
        if ($query !== []) {
            $target .= '?' . http_build_query($query, '', '&', PHP_QUERY_RFC3986);
        }
        $url = $this->baseUrl . $target;
        $text = $body === null ? '' : self::encode($body);
        $fixed = ['Accept: application/json, application/problem+json', 'User-Agent: danmux-php/0.1', ...$headers];
        if ($body !== null) {
            // Without the empty Expect curl asks first and waits a second before it sends a long body.
            array_push($fixed, 'Content-Type: application/json', 'Expect:');
        }
        $signed = (string) preg_replace('#^https?://[^/]+#', '', $url);
        $every = fn (): array => [...$fixed, ...$this->credentials->headers($method, $signed, $text)];
        return new Answer($this->retrying->send($method, $url, $every, $body === null ? null : $text));
    }

    /** One segment of a path. Programs on the way resolve dots, even encoded ones, into other addresses. */
    private static function segment(string $part): string
    {
        if ($part === '' || $part === '.' || $part === '..') {
            throw new InvalidArgumentException("A name in an address must not be empty or dots only, and was '$part'.");
        }
        return rawurlencode($part);
    }

    /** @param array<string, mixed> $body */
    private static function encode(array $body): string
    {
        try {
            return json_encode($body === [] ? new \stdClass() : $body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION);
        } catch (JsonException $error) {
            throw new InvalidArgumentException("The message cannot be written as JSON: {$error->getMessage()}.", 0, $error);
        }
    }
}
