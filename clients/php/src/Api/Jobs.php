<?php

declare(strict_types=1);

namespace Danmux\Api;

use Danmux\Answer;
use Danmux\ApiException;
use Danmux\Http;
use Danmux\Result\Job;
use Danmux\Result\Page;

/** Work off the hot path: delayed messages, broadcasts, and what failed. */
final class Jobs
{
    /** @internal */
    public function __construct(private readonly Http $http)
    {
    }

    /** @throws ApiException `not_found` when it is long done, or never was */
    public function get(string $id): Job
    {
        return Job::of($this->http->get(['jobs', $id]));
    }

    /**
     * Takes back a job that waits: a delayed message is not sent. A broadcast may wait for its next try: rooms that have it keep it,
     * get() tells before how many they are, and the rest will not get it.
     *
     * @throws ApiException `conflict` when it runs or has ended; after a lost answer perhaps `not_found`: then it is cancelled
     */
    public function cancel(string $id): void
    {
        $this->http->delete(['jobs', $id]);
    }

    /**
     * Runs a job again that has failed for good.
     *
     * @throws ApiException
     */
    public function retry(string $id, ?string $idempotencyKey = null): Job
    {
        return Job::of($this->http->post(['jobs', $id, 'retry'], null, $idempotencyKey));
    }

    /**
     * Jobs that have failed for good, newest first.
     *
     * @return Page<Job>
     * @throws ApiException
     */
    public function failed(?int $limit = null, ?string $cursor = null): Page
    {
        $ask = fn (?string $at): Answer => $this->http->get(['jobs'], ['state' => 'failed', 'cursor' => $at, 'limit' => $limit]);
        return Page::read($ask, 'jobs', Job::of(...), $cursor);
    }
}
