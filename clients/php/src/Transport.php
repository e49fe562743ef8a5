<?php

declare(strict_types=1);

namespace Danmux;

use CurlHandle;

/**
 * One HTTP request over a curl handle that is kept, and with it the connection. It tries once; Retrying decides about more.
 */
final class Transport
{
    private const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

    private ?CurlHandle $handle = null;
    private int $ownerPid = 0;

    public function __construct(private readonly int $connectTimeoutMs)
    {
    }

    /**
     * @param list<string> $headers
     * @param string|null  $body    null sends none
     * @throws BrokenConnection when there is no whole answer
     */
    public function send(string $method, string $url, array $headers, ?string $body, int $timeoutMs, bool $freshConnection): Response
    {
        $handle = $this->handle();
        $answer = '';
        $answerHeaders = [];
        // What the request before has set; its connection stays.
        curl_setopt_array($handle, [CURLOPT_HTTPGET => true, CURLOPT_CUSTOMREQUEST => $method]);
        if ($body !== null) {
            curl_setopt($handle, CURLOPT_POSTFIELDS, $body);
        }
        curl_setopt_array($handle, [
            CURLOPT_URL => $url,
            // Else curl takes `..` out of a path that was signed with it.
            CURLOPT_PATH_AS_IS => true,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_TIMEOUT_MS => $timeoutMs,
            CURLOPT_CONNECTTIMEOUT_MS => min($this->connectTimeoutMs, $timeoutMs),
            CURLOPT_FRESH_CONNECT => $freshConnection,
            CURLOPT_HEADERFUNCTION => static function (CurlHandle $_, string $line) use (&$answerHeaders): int {
                // An interim answer (100 Continue) starts over.
                if (str_starts_with($line, 'HTTP/')) {
                    $answerHeaders = [];
                } elseif (str_contains($line, ':')) {
                    [$name, $value] = explode(':', $line, 2);
                    $answerHeaders[strtolower(trim($name))] = trim($value);
                }
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function (CurlHandle $_, string $part) use (&$answer): int {
                if (strlen($answer) + strlen($part) > self::MAX_ANSWER_BYTES) {
                    return 0;
                }
                $answer .= $part;
                return strlen($part);
            },
        ]);
        curl_exec($handle);
        $number = curl_errno($handle);
        if ($number !== CURLE_OK) {
            $reused = curl_getinfo($handle, CURLINFO_NUM_CONNECTS) === 0;
            throw new BrokenConnection(curl_error($handle) ?: (string) curl_strerror($number), $reused && $number !== CURLE_OPERATION_TIMEDOUT);
        }
        return new Response((int) curl_getinfo($handle, CURLINFO_RESPONSE_CODE), $answerHeaders, $answer);
    }

    private function handle(): CurlHandle
    {
        // After a fork two processes would write into one connection.
        if ($this->handle === null || $this->ownerPid !== getmypid()) {
            $handle = curl_init();
            curl_setopt_array($handle, [
                CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
                CURLOPT_FOLLOWLOCATION => false,
                CURLOPT_TCP_KEEPALIVE => 1,
                CURLOPT_NOSIGNAL => true,
            ]);
            $this->handle = $handle;
            $this->ownerPid = (int) getmypid();
        }
        return $this->handle;
    }
}
