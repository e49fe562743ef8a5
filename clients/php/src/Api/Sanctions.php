<?php

declare(strict_types=1);

namespace Danmux\Api;

use Danmux\Answer;
use Danmux\ApiException;
use Danmux\Arguments;
use Danmux\Http;
use Danmux\Result\BulkRecall;
use Danmux\Result\Page;
use Danmux\Result\Sanction;

/** Mutes, bans and kicks: of one room, or in force in every room. */
final class Sanctions
{
    /**
     * @internal
     * @param string|null $room null: every room
     */
    public function __construct(private readonly Http $http, private readonly ?string $room)
    {
    }

    /**
     * The user may not send.
     *
     * @param array{
     *     for_ms?: int,    // how long from now; not with until
     *     until?: int,     // when it ends, milliseconds since 1970; without both it lasts until it is lifted
     *     reason?: string, // the user is told
     *     by?: string      // who decided it, in your words
     * } $options
     * @throws ApiException
     */
    public function mute(string $user, array $options = []): Sanction
    {
        return $this->put('mutes', $user, $options);
    }

    /**
     * Lifts a mute.
     *
     * @return Sanction|null what was lifted; null when there was none
     * @throws ApiException
     */
    public function unmute(string $user): ?Sanction
    {
        $answer = $this->http->deleteIfThere([...$this->where(), 'mutes', $user]);
        return $answer === null ? null : Sanction::of($answer);
    }

    /**
     * The mute of a user, if there is one.
     *
     * @throws ApiException
     */
    public function muteOf(string $user): ?Sanction
    {
        $answer = $this->http->getIfThere([...$this->where(), 'mutes', $user]);
        return $answer === null ? null : Sanction::of($answer);
    }

    /**
     * The user is sent out and may not come back.
     *
     * @param array{
     *     for_ms?: int, until?: int, reason?: string, by?: string, // see mute()
     *     recall?: bool                                            // also takes back all messages of the user, see recall()
     * } $options
     * @throws ApiException
     */
    public function ban(string $user, array $options = []): Sanction
    {
        return $this->put('bans', $user, $options, ['recall']);
    }

    /**
     * Lifts a ban.
     *
     * @return Sanction|null what was lifted; null when there was none
     * @throws ApiException
     */
    public function unban(string $user): ?Sanction
    {
        $answer = $this->http->deleteIfThere([...$this->where(), 'bans', $user]);
        return $answer === null ? null : Sanction::of($answer);
    }

    /**
     * The ban of a user, if there is one.
     *
     * @throws ApiException
     */
    public function banOf(string $user): ?Sanction
    {
        $answer = $this->http->getIfThere([...$this->where(), 'bans', $user]);
        return $answer === null ? null : Sanction::of($answer);
    }

    /**
     * The user is sent out, and may come back after ban_ms.
     *
     * @param array{ban_ms?: int, reason?: string, by?: string} $options
     * @throws ApiException
     */
    public function kick(string $user, array $options = []): Sanction
    {
        Arguments::known($options, ['ban_ms', 'reason', 'by']);
        $answer = $this->room === null
            ? $this->http->post(['users', $user, 'kick'], $options)
            : $this->http->post(['rooms', $this->room, 'kick'], ['user' => $user] + $options);
        return Sanction::of($answer);
    }

    /**
     * Takes back all messages of a user: in this room, or in every room.
     *
     * @throws ApiException
     */
    public function recall(string $user): BulkRecall
    {
        return BulkRecall::of($this->room === null
            ? $this->http->post(['users', $user, 'recall'], null)
            : $this->http->post(['rooms', $this->room, 'recall'], ['user' => $user]));
    }

    /**
     * By user.
     *
     * @return Page<Sanction>
     * @throws ApiException
     */
    public function mutes(?int $limit = null, ?string $cursor = null): Page
    {
        return $this->page('mutes', $limit, $cursor);
    }

    /**
     * By user.
     *
     * @return Page<Sanction>
     * @throws ApiException
     */
    public function bans(?int $limit = null, ?string $cursor = null): Page
    {
        return $this->page('bans', $limit, $cursor);
    }

    /** @return list<string> */
    private function where(): array
    {
        return $this->room === null ? [] : ['rooms', $this->room];
    }

    /**
     * @param array<string, mixed> $options
     * @param list<string>         $more    further options that this kind knows
     */
    private function put(string $kind, string $user, array $options, array $more = []): Sanction
    {
        $known = Arguments::known($options, ['for_ms', 'until', 'reason', 'by', ...$more]);
        return Sanction::of($this->http->put([...$this->where(), $kind, $user], $known));
    }

    /** @return Page<Sanction> */
    private function page(string $kind, ?int $limit, ?string $cursor): Page
    {
        $ask = fn (?string $at): Answer => $this->http->get([...$this->where(), $kind], ['cursor' => $at, 'limit' => $limit]);
        return Page::read($ask, $kind, Sanction::of(...), $cursor);
    }
}
