<?php

declare(strict_types=1);

namespace Danmux\Api;

use Danmux\Answer;
use Danmux\ApiException;
use Danmux\Http;
use Danmux\Result\DeadLetter;
use Danmux\Result\Page;
use Danmux\Result\WebhookTarget;

/** Webhook targets, and the events that could not be brought there. To check a webhook that came, see Danmux\Webhook. */
final class Webhooks
{
    /** @internal */
    public function __construct(private readonly Http $http)
    {
    }

    /**
     * @return Page<WebhookTarget>
     * @throws ApiException
     */
    public function targets(): Page
    {
        return Page::read(fn (): Answer => $this->http->get(['webhooks']), 'webhooks', WebhookTarget::of(...));
    }

    /**
     * Tries a target again at once that fails or is disabled.
     *
     * @throws ApiException
     */
    public function enable(string $target, ?string $idempotencyKey = null): void
    {
        $this->http->post(['webhooks', $target, 'enable'], null, $idempotencyKey);
    }

    /**
     * Events that could not be delivered, newest first.
     *
     * @return Page<DeadLetter>
     * @throws ApiException
     */
    public function dead(?int $limit = null, ?string $cursor = null): Page
    {
        $ask = fn (?string $at): Answer => $this->http->get(['webhooks', 'dead'], ['cursor' => $at, 'limit' => $limit]);
        return Page::read($ask, 'letters', DeadLetter::of(...), $cursor);
    }

    /**
     * Delivers a dead letter again.
     *
     * @param string $entry of the dead letter
     * @throws ApiException `conflict` when its target is gone or disabled
     */
    public function replay(string $entry, ?string $idempotencyKey = null): void
    {
        $this->http->post(['webhooks', 'dead', $entry, 'replay'], null, $idempotencyKey);
    }
}
