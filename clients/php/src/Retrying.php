<?php

declare(strict_types=1);

namespace Danmux;

/**
 * Sends one request until it is answered, time is up or trying again cannot help. Every try of a POST carries the same
 * Idempotency-Key, so that danmux accepts the message once however many tries reach it within api.idempotency_ttl_ms (an hour); other methods are harmless twice.
 *
 * @internal
 */
final class Retrying
{
    private readonly Transport $transport;

    public function __construct(private readonly Options $options)
    {
        $this->transport = new Transport($options->connectTimeoutMs);
    }

    /**
     * @param callable(): list<string> $headers asked before every try
     * @param string|null              $body    null sends none
     * @throws ApiException
     */
    public function send(string $method, string $url, callable $headers, ?string $body): Response
    {
        $endsAt = self::nowMs() + $this->options->deadlineMs;
        $fresh = false;
        for ($attempt = 1;; $attempt++) {
            $left = max(1, $endsAt - self::nowMs());
            $wait = null;
            try {
                $response = $this->transport->send($method, $url, $headers(), $body, min($this->options->attemptTimeoutMs, $left), $fresh);
                if ($response->ok()) {
                    return $response;
                }
                $failure = $response->toException();
                $retry = $response->worthRetrying();
                $fresh = false;
            } catch (BrokenConnection $broken) {
                $failure = new ConnectionException("{$broken->getMessage()} ($url)", 'connection_failed', previous: $broken);
                $retry = true;
                // A connection that died while it was idle says nothing about the server: no wait, but a new one.
                $wait = $broken->wasReused && !$fresh ? 0 : null;
                $fresh = true;
            }
            if (!$retry || $attempt >= $this->options->maxAttempts) {
                throw $failure;
            }
            $wait ??= max($this->backoffMs($attempt), $failure->retryAfterMs === null ? 0 : $failure->retryAfterMs + random_int(0, 50));
            if (self::nowMs() + $wait >= $endsAt) {
                throw $failure;
            }
            usleep($wait * 1_000);
        }
    }

    /** Between half and all of a ceiling that doubles, so that many who failed together do not come back together. */
    private function backoffMs(int $attempt): int
    {
        $ceiling = (int) min($this->options->backoffMaxMs, $this->options->backoffBaseMs * 2 ** min(20, $attempt - 1));
        return random_int(intdiv($ceiling, 2), $ceiling);
    }

    private static function nowMs(): int
    {
        return intdiv(hrtime(true), 1_000_000);
    }
}
