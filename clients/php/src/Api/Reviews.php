<?php

declare(strict_types=1);

namespace Danmux\Api;

use Danmux\Answer;
use Danmux\ApiException;
use Danmux\Http;
use Danmux\Published;
use Danmux\Result\HeldMessage;
use Danmux\Result\Page;

/** Messages that wait for a moderator. */
final class Reviews
{
    /** @internal */
    public function __construct(private readonly Http $http)
    {
    }

    /**
     * Oldest first.
     *
     * @return Page<HeldMessage>
     * @throws ApiException
     */
    public function list(?int $limit = null, ?string $cursor = null): Page
    {
        $ask = fn (?string $at): Answer => $this->http->get(['reviews'], ['cursor' => $at, 'limit' => $limit]);
        return Page::read($ask, 'reviews', HeldMessage::of(...), $cursor);
    }

    /**
     * Sends it to the room.
     *
     * @throws ApiException `not_found` when it was decided already, or waited too long
     */
    public function approve(string $id, ?string $idempotencyKey = null): Published
    {
        return Published::of($this->http->post(['reviews', $id, 'approve'], null, $idempotencyKey));
    }

    /**
     * Nobody but its sender ever sees it.
     *
     * @throws ApiException `not_found` when it was decided already, or waited too long
     */
    public function reject(string $id, ?string $idempotencyKey = null): void
    {
        $this->http->post(['reviews', $id, 'reject'], null, $idempotencyKey);
    }
}
