<?php

declare(strict_types=1);

namespace Danmux\Api;

use Danmux\Answer;
use Danmux\ApiException;
use Danmux\Arguments;
use Danmux\Http;
use Danmux\Published;
use Danmux\Result\BulkRecall;
use Danmux\Result\History;
use Danmux\Result\Member;
use Danmux\Result\Page;
use Danmux\Result\Recall;
use Danmux\Result\RoomModes;
use Danmux\Result\RoomState;
use Danmux\Result\Sanction;

/** One room: what is said in it, who is there, how it may be talked in, what was said. */
final class Room
{
    /** @internal */
    public function __construct(private readonly Http $http, private readonly string $name)
    {
    }

    /**
     * Publishes one message to the viewers of the room.
     *
     * @param string $type gift, superchat, notice, chat, … (the table messages.types of danmux)
     * @param mixed  $data anything json_encode takes; an empty array becomes [], use new \stdClass for {}
     * @param array{
     *     from?: array<string, mixed>, // who sent it: id, and name, avatar, level as you like
     *     id?: string,                 // your id of the message (an order number): the same one with equal content within 15 minutes (chat: a
     *                                  // minute) is one message, and `duplicate` says so; with other content it is a ConflictException `duplicate_id`
     *     receipt?: bool,              // viewers say that they have it; Client::receipts() counts them
     *     delay_ms?: int,              // sent so much later
     *     expires_at?: int,            // not sent or shown after this, milliseconds since 1970
     *     idempotencyKey?: string      // your id of this request; made here when absent, the same for all its tries
     * } $options
     * @throws ApiException
     */
    public function publish(string $type, mixed $data, array $options = []): Published
    {
        $message = Arguments::message($type, $data, $options);
        return Published::of($this->http->post(['rooms', $this->name, 'messages'], $message, $options['idempotencyKey'] ?? null));
    }

    /**
     * Takes a message back: it leaves history and every screen.
     *
     * @throws ApiException
     */
    public function recall(string $id): Recall
    {
        return Recall::of($this->http->delete(['rooms', $this->name, 'messages', $id]));
    }

    /**
     * Takes back all messages of a user in this room.
     *
     * @throws ApiException
     */
    public function recallUser(string $user): BulkRecall
    {
        return BulkRecall::of($this->http->post(['rooms', $this->name, 'recall'], ['user' => $user]));
    }

    /**
     * Clears the room: takes back everything said and given in it. Notices and events stay.
     *
     * @throws ApiException
     */
    public function clear(): BulkRecall
    {
        return BulkRecall::of($this->http->post(['rooms', $this->name, 'recall'], ['all' => true]));
    }

    /** @throws ApiException */
    public function get(): RoomState
    {
        return RoomState::of($this->http->get(['rooms', $this->name]));
    }

    /**
     * Changes how the room may be talked in; what is not named stays as it is.
     *
     * @param array<string, int|float|bool|null> $modes slow_ms, members_only, min_level, mute_all, unique, chat_per_second, send_per_minute,
     *                                                  max_online; null ends one
     * @throws ApiException
     */
    public function setModes(array $modes): RoomModes
    {
        Arguments::known($modes, ['slow_ms', 'members_only', 'min_level', 'mute_all', 'unique', 'chat_per_second', 'send_per_minute', 'max_online']);
        return RoomModes::of($this->http->patch(['rooms', $this->name], ['modes' => $modes === [] ? new \stdClass() : $modes])->object('modes'));
    }

    /**
     * Who is there, highest level first. The page's `about` says online, users and complete (false: a large room names a part).
     *
     * @return Page<Member>
     * @throws ApiException
     */
    public function members(?int $limit = null, ?string $cursor = null): Page
    {
        $ask = fn (?string $at): Answer => $this->http->get(['rooms', $this->name, 'members'], ['cursor' => $at, 'limit' => $limit]);
        return Page::read($ask, 'members', Member::of(...), $cursor);
    }

    /**
     * What was said: the newest page, or the one before an offset. A page has its lowest offset first, and its next page is older.
     *
     * @param string          $lane   chat, gift or control
     * @param int|string|null $before an offset, or the cursor of another page
     * @return History a Page<Message>
     * @throws ApiException
     */
    public function history(string $lane = 'chat', int|string|null $before = null, ?int $limit = null): History
    {
        $ask = fn (int|string|null $at): Answer => $this->http->get(['rooms', $this->name, 'history'], ['lane' => $lane, 'before' => $at, 'limit' => $limit]);
        return History::before($ask, $before);
    }

    /** Who may not talk or come into this room. */
    public function sanctions(): Sanctions
    {
        return new Sanctions($this->http, $this->name);
    }

    /**
     * The user may not send in this room.
     *
     * @param array{for_ms?: int, until?: int, reason?: string, by?: string} $options see Sanctions::mute()
     * @throws ApiException
     */
    public function mute(string $user, array $options = []): Sanction
    {
        return $this->sanctions()->mute($user, $options);
    }

    /**
     * The user is sent out of this room and may not come back.
     *
     * @param array{for_ms?: int, until?: int, reason?: string, by?: string, recall?: bool} $options see Sanctions::ban()
     * @throws ApiException
     */
    public function ban(string $user, array $options = []): Sanction
    {
        return $this->sanctions()->ban($user, $options);
    }

    /**
     * The user is sent out of this room, and may come back after ban_ms.
     *
     * @param array{ban_ms?: int, reason?: string, by?: string} $options
     * @throws ApiException
     */
    public function kick(string $user, array $options = []): Sanction
    {
        return $this->sanctions()->kick($user, $options);
    }
}
