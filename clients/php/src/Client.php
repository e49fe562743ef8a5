<?php

declare(strict_types=1);

namespace Danmux;

use InvalidArgumentException;
use JsonException;

/**
 * Publishes to danmux over its admin API. Keep one for the life of the process: it keeps its connection. A call that
 * returns was accepted; for gifts and control messages that means stored. Every call is safe to try again, and the
 * client does so itself (options deadline_ms, max_attempts, …; see Options).
 */
final class Client
{
    private readonly string $baseUrl;
    private readonly string $apiKey;
    private readonly Retrying $http;

    /**
     * @param string               $baseUrl where the admin API is, for example http://127.0.0.1:7800
     * @param array<string, mixed> $options see Options
     */
    public function __construct(string $baseUrl, #[\SensitiveParameter] string $apiKey, array $options = [])
    {
        if (preg_match('#^https?://[^\s/?\#@]+(/[^\s?\#]*)?$#', $baseUrl) !== 1) {
            throw new InvalidArgumentException('The base URL must be like http://127.0.0.1:7800.');
        }
        if (preg_match('/^[\x21-\x7e]+$/D', $apiKey) !== 1) {
            throw new InvalidArgumentException('The API key must be printable characters without blanks.');
        }
        $this->baseUrl = rtrim($baseUrl, '/');
        $this->apiKey = $apiKey;
        $this->http = new Retrying(new Options($options));
    }

    /**
     * Publishes one message to the viewers of a room.
     *
     * @param string $type    gift, superchat, notice, chat, … (the table messages.types of danmux)
     * @param mixed  $data    anything json_encode takes; an empty array becomes [], use new \stdClass for {}
     * @param array{
     *     from?: array<string, mixed>, // who sent it: id, and name, avatar, level as you like
     *     id?: string,                 // your id of the message (an order number): the same one twice in a room is one message
     *     idempotencyKey?: string      // your id of this request; made here when absent, the same for all its tries
     * } $options
     * @throws ApiException
     */
    public function publish(string $room, string $type, mixed $data, array $options = []): Published
    {
        self::refuseUnknown($options, ['from', 'id', 'idempotencyKey']);
        $message = self::message($type, $data, $options);
        $response = $this->post('/v1/rooms/' . rawurlencode($room) . '/messages', $message, $options['idempotencyKey'] ?? null);
        return self::published($response->json(), $response);
    }

    /**
     * Publishes up to 1000 messages, to any rooms, in one request. One result per message, in order: a Published, or the
     * ApiException (not thrown) that refused this one.
     *
     * @param list<array{room: string, type: string, data: mixed, from?: array<string, mixed>, id?: string}> $messages
     * @param array{idempotencyKey?: string} $options
     * @return list<Published|ApiException>
     * @throws ApiException when the request as a whole failed
     */
    public function publishBatch(array $messages, array $options = []): array
    {
        self::refuseUnknown($options, ['idempotencyKey']);
        $rows = [];
        foreach ($messages as $index => $message) {
            self::refuseUnknown($message, ['room', 'type', 'data', 'from', 'id']);
            if (!isset($message['room'], $message['type']) || !array_key_exists('data', $message)) {
                throw new InvalidArgumentException("Message $index needs room, type and data.");
            }
            $rows[] = ['room' => $message['room']] + self::message($message['type'], $message['data'], $message);
        }
        $response = $this->post('/v1/messages/batch', ['messages' => $rows], $options['idempotencyKey'] ?? null);
        $results = $response->json()['results'] ?? null;
        if (!is_array($results) || count($results) !== count($rows)) {
            throw new ServerException('The answer does not hold one result for each message.', 'bad_answer', $response->status);
        }
        return array_map(static fn (mixed $result): Published|ApiException => self::result($result, $response), array_values($results));
    }

    /**
     * A viewer token for a user of yours.
     *
     * @param string               $sub    the user's id
     * @param array<string, mixed> $claims name, avatar, level, roles, rooms (exact names or `prefix*`; absent allows every room), device
     * @param int                  $ttl    seconds it is good for, a day at most
     * @throws ApiException
     */
    public function createToken(string $sub, array $claims = [], int $ttl = 3_600): Token
    {
        self::refuseUnknown($claims, ['name', 'avatar', 'level', 'roles', 'rooms', 'device']);
        $response = $this->post('/v1/tokens', ['sub' => $sub] + $claims + ['ttl_s' => $ttl], null);
        $answer = $response->json();
        if (!is_string($answer['token'] ?? null) || !is_int($answer['expires_at'] ?? null)) {
            throw new ServerException('The answer holds no token.', 'bad_answer', $response->status);
        }
        return new Token($answer['token'], $answer['expires_at']);
    }

    /** @return array<string, mixed> what var_dump and traces may show */
    public function __debugInfo(): array
    {
        return ['baseUrl' => $this->baseUrl, 'apiKey' => '[redacted]'];
    }

    /** @param array<string, mixed> $body */
    private function post(string $path, array $body, ?string $idempotencyKey): Response
    {
        $idempotencyKey ??= bin2hex(random_bytes(16));
        if (preg_match('/^[\x21-\x7e]{1,64}$/D', $idempotencyKey) !== 1) {
            throw new InvalidArgumentException('An idempotency key is 1 to 64 printable characters without blanks.');
        }
        try {
            $json = json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION);
        } catch (JsonException $error) {
            throw new InvalidArgumentException("The message cannot be written as JSON: {$error->getMessage()}.", 0, $error);
        }
        return $this->http->post($this->baseUrl . $path, [
            'Content-Type: application/json',
            'Accept: application/json, application/problem+json',
            "Authorization: Bearer {$this->apiKey}",
            "Idempotency-Key: $idempotencyKey",
            'User-Agent: danmux-php/0.1',
            // Else curl asks first and waits a second before it sends a long body.
            'Expect:',
        ], $json);
    }

    /**
     * @param array<string, mixed> $options
     * @return array<string, mixed>
     */
    private static function message(string $type, mixed $data, array $options): array
    {
        return ['type' => $type, 'data' => $data] + array_intersect_key($options, ['from' => true, 'id' => true]);
    }

    private static function result(mixed $result, Response $response): Published|ApiException
    {
        if (!is_array($result) || !is_int($result['status'] ?? null)) {
            return new ServerException('A result of the batch has no status.', 'bad_answer', $response->status);
        }
        if ($result['status'] >= 300) {
            $retryAfterMs = $result['retry_after_ms'] ?? null;
            return Response::problemException($result['status'], $result, is_int($retryAfterMs) ? $retryAfterMs : null);
        }
        return self::published($result, $response);
    }

    /** @param array<string, mixed> $answer */
    private static function published(array $answer, Response $response): Published
    {
        foreach (['id', 'room', 'lane'] as $field) {
            if (!is_string($answer[$field] ?? null)) {
                throw new ServerException("The answer holds no $field; is this address danmux's admin API?", 'bad_answer', $response->status);
            }
        }
        return new Published($answer['id'], $answer['room'], $answer['lane'], ($response->headers['idempotent-replayed'] ?? '') === 'true');
    }

    /**
     * @param array<string, mixed> $given
     * @param list<string>         $known
     */
    private static function refuseUnknown(array $given, array $known): void
    {
        $unknown = array_diff(array_keys($given), $known);
        if ($unknown !== []) {
            throw new InvalidArgumentException('Unknown: ' . implode(', ', $unknown) . '; known: ' . implode(', ', $known) . '.');
        }
    }
}
