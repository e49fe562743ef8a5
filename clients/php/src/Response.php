<?php

declare(strict_types=1);

namespace Danmux;

/** One HTTP answer: status, headers (names in lower case) and decoded body. It turns a bad one into its exception. */
final class Response
{
    /** @param array<string, string> $headers */
    public function __construct(
        public readonly int $status,
        public readonly array $headers,
        private readonly string $body,
    ) {
    }

    public function ok(): bool
    {
        return $this->status >= 200 && $this->status < 300;
    }

    /** As a 204 is. */
    public function isEmpty(): bool
    {
        return $this->status === 204;
    }

    /** The same request may be answered otherwise in a moment. */
    public function worthRetrying(): bool
    {
        return match ($this->status) {
            409 => $this->errorCode() === 'idempotency_in_flight',
            429, 502, 503, 504 => true,
            default => false,
        };
    }

    /** @return array<string, mixed> */
    public function json(): array
    {
        $decoded = json_decode($this->body, true, 512, JSON_BIGINT_AS_STRING);
        if (is_array($decoded)) {
            return $decoded;
        }
        throw new ServerException("The answer ({$this->status}) is no JSON object; is this address danmux's admin API?", 'bad_answer', $this->status);
    }

    /** What Retry-After (seconds or a date) or the problem's retry_after_ms asks for, milliseconds. */
    public function retryAfterMs(): ?int
    {
        $problem = $this->problem();
        if (isset($problem['retry_after_ms']) && is_int($problem['retry_after_ms'])) {
            return max(0, $problem['retry_after_ms']);
        }
        $header = $this->headers['retry-after'] ?? '';
        if (preg_match('/^\d{1,9}$/', $header) === 1) {
            return (int) $header * 1_000;
        }
        $date = $header === '' ? false : strtotime($header);
        return $date === false ? null : max(0, $date - time()) * 1_000;
    }

    public function toException(): ApiException
    {
        return self::problemException($this->status, $this->problem(), $this->retryAfterMs());
    }

    /** @param array<string, mixed> $problem an RFC 9457 problem, or part of a batch's answer */
    public static function problemException(int $status, array $problem, ?int $retryAfterMs = null): ApiException
    {
        $text = static fn (string $field): string => is_string($problem[$field] ?? null) ? $problem[$field] : '';
        $code = $text('code') ?: 'bad_answer';
        $message = ($text('detail') ?: $text('title') ?: "The server answered $status.") . " [$code]";
        $class = match (true) {
            $status === 401, $status === 403 => AuthenticationException::class,
            $status === 409 => ConflictException::class,
            $status === 429 => RateLimitException::class,
            $status >= 400 && $status < 500 => InvalidRequestException::class,
            default => ServerException::class,
        };
        return new $class($message, $code, $status, $retryAfterMs, $text('instance') ?: null);
    }

    private function errorCode(): string
    {
        $code = $this->problem()['code'] ?? '';
        return is_string($code) ? $code : '';
    }

    /** @return array<string, mixed> empty when the body is no problem (a proxy's page, for example) */
    private function problem(): array
    {
        $decoded = json_decode($this->body, true, 512, JSON_BIGINT_AS_STRING);
        return is_array($decoded) ? $decoded : [];
    }
}
