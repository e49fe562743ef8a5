<?php

declare(strict_types=1);

namespace Danmux\Api;

use Danmux\Answer;
use Danmux\ApiException;
use Danmux\Arguments;
use Danmux\Http;
use Danmux\Result\AuditRow;
use Danmux\Result\Key;
use Danmux\Result\NewKey;
use Danmux\Result\Page;

/** API keys, and the log of what was done with them. */
final class Keys
{
    /** @internal */
    public function __construct(private readonly Http $http)
    {
    }

    /**
     * Makes a key, in force within a second.
     *
     * @param list<string> $scopes publish, moderate, read; admin is all of them and more
     * @param array{
     *     rooms?: list<string>, // exact names or `prefix*`; absent: every room
     *     signed_only?: bool,   // the bare key opens nothing
     *     expires_at?: int,     // when it ends by itself, milliseconds since 1970
     *     idempotencyKey?: string
     * } $options
     * @throws ApiException `conflict` when there is a key of this id
     */
    public function create(string $id, array $scopes, array $options = []): NewKey
    {
        Arguments::known($options, ['rooms', 'signed_only', 'expires_at', 'idempotencyKey']);
        $body = ['id' => $id, 'scopes' => array_values($scopes)] + array_diff_key($options, ['idempotencyKey' => true]);
        return NewKey::of($this->http->post(['keys'], $body, $options['idempotencyKey'] ?? null));
    }

    /**
     * Those of the config and those made here.
     *
     * @return Page<Key>
     * @throws ApiException
     */
    public function list(): Page
    {
        return Page::read(fn (): Answer => $this->http->get(['keys']), 'keys', Key::of(...));
    }

    /**
     * The key this client uses.
     *
     * @throws ApiException
     */
    public function me(): Key
    {
        return Key::of($this->http->get(['keys', 'me']));
    }

    /**
     * Gives a key new texts; the old ones still work for a while.
     *
     * @param int|null $graceMs how long; an hour when null, 0 ends them at once
     * @throws ApiException
     */
    public function rotate(string $id, ?int $graceMs = null, ?string $idempotencyKey = null): NewKey
    {
        return NewKey::of($this->http->post(['keys', $id, 'rotate'], $graceMs === null ? [] : ['grace_ms' => $graceMs], $idempotencyKey));
    }

    /**
     * Ends a key, everywhere within a second.
     *
     * @return bool false when there was none
     * @throws ApiException `conflict` for a key of the config
     */
    public function delete(string $id): bool
    {
        return $this->http->deleteIfThere(['keys', $id]) !== null;
    }

    /**
     * Who changed what, and who tried to; newest first.
     *
     * @param string|null $key   only of this key
     * @param string|null $route only of routes that begin with this
     * @param string|null $log   changes (when null), publishing or unknown
     * @return Page<AuditRow>
     * @throws ApiException
     */
    public function audit(?string $key = null, ?string $route = null, ?int $limit = null, ?string $cursor = null, ?string $log = null): Page
    {
        $query = ['key' => $key, 'route' => $route, 'limit' => $limit, 'log' => $log];
        $ask = fn (?string $at): Answer => $this->http->get(['audit'], $query + ['cursor' => $at]);
        return Page::read($ask, 'rows', AuditRow::of(...), $cursor);
    }
}
