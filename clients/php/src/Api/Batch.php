<?php

declare(strict_types=1);

namespace Danmux\Api;

use Danmux\Answer;
use Danmux\ApiException;
use Danmux\Arguments;
use Danmux\Http;
use Danmux\Published;
use Danmux\Response;
use InvalidArgumentException;

/**
 * Many messages in one request.
 *
 * @internal
 */
final class Batch
{
    public function __construct(private readonly Http $http)
    {
    }

    /**
     * @param list<array<string, mixed>> $messages
     * @return list<Published|ApiException>
     */
    public function publish(array $messages, ?string $idempotencyKey): array
    {
        $rows = [];
        foreach ($messages as $index => $message) {
            if (!isset($message['room'], $message['type']) || !array_key_exists('data', $message)) {
                throw new InvalidArgumentException("Message $index needs room, type and data.");
            }
            $options = array_diff_key($message, ['room' => true, 'type' => true, 'data' => true]);
            Arguments::known($options, Arguments::MESSAGE);
            $rows[] = ['room' => $message['room']] + Arguments::message($message['type'], $message['data'], $options);
        }
        $answer = $this->http->post(['messages', 'batch'], ['messages' => $rows], $idempotencyKey);
        $results = $answer->list('results', self::result(...));
        return count($results) === count($rows) ? $results : throw $answer->bad('results');
    }

    private static function result(Answer $result): Published|ApiException
    {
        $status = $result->int('status');
        return $status < 300 ? Published::of($result) : Response::problemException($status, $result->fields(), $result->intOrNull('retry_after_ms'));
    }
}
