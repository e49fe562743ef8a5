<?php

declare(strict_types=1);

namespace Danmux;

use Danmux\Api\Batch;
use Danmux\Api\Jobs;
use Danmux\Api\Keys;
use Danmux\Api\Reviews;
use Danmux\Api\Room;
use Danmux\Api\Sanctions;
use Danmux\Api\Webhooks;
use Danmux\Api\Words;
use Danmux\Result\Broadcast;
use Danmux\Result\Node;
use Danmux\Result\Page;
use Danmux\Result\Receipts;
use Danmux\Result\RoomSummary;
use Danmux\Result\Stats;
use Danmux\Result\UserMessage;
use InvalidArgumentException;
use RuntimeException;

/**
 * Danmux's admin API for a backend. Keep one for the life of the process: it keeps its connection. A call that returns was
 * accepted; for gifts and control messages that means stored. Every call is safe to try again, and the client does so itself
 * (options deadline_ms, max_attempts, …; see Options).
 */
final class Client
{
    private readonly Http $http;

    /**
     * @param string               $baseUrl where the admin API is, for example http://127.0.0.1:7800
     * @param string|null          $apiKey  null in signed mode
     * @param array<string, mixed> $options see Options; besides `signing`: ['key_id' => …, 'secret' => …] signs every request instead
     *                                      of sending a key
     * @throws RuntimeException when PHP has no curl
     */
    public function __construct(string $baseUrl, #[\SensitiveParameter] ?string $apiKey = null, #[\SensitiveParameter] array $options = [])
    {
        if (!function_exists('curl_init')) {
            throw new RuntimeException('The PHP extension curl is missing: apt-get install php-curl, elsewhere extension=curl in php.ini.');
        }
        $signing = $options['signing'] ?? null;
        unset($options['signing']);
        if ($signing !== null && $apiKey !== null) {
            throw new InvalidArgumentException('Give an API key or the option signing, not both.');
        }
        $credentials = $signing === null ? Credentials::bearer($apiKey ?? '') : Credentials::signed($signing);
        $this->http = new Http($baseUrl, $credentials, new Options($options));
    }

    /** One room: publish, recall, modes, members, history, mutes, bans, kicks. */
    public function room(string $name): Room
    {
        return new Room($this->http, $name);
    }

    /** Mutes, bans and kicks in force in every room. */
    public function everywhere(): Sanctions
    {
        return new Sanctions($this->http, null);
    }

    public function jobs(): Jobs
    {
        return new Jobs($this->http);
    }

    public function words(): Words
    {
        return new Words($this->http);
    }

    public function reviews(): Reviews
    {
        return new Reviews($this->http);
    }

    public function webhooks(): Webhooks
    {
        return new Webhooks($this->http);
    }

    /** API keys, and the audit log. */
    public function keys(): Keys
    {
        return new Keys($this->http);
    }

    /**
     * Publishes one message to the viewers of a room.
     *
     * @param array<string, mixed> $options see Room::publish()
     * @throws ApiException
     */
    public function publish(string $room, string $type, mixed $data, array $options = []): Published
    {
        return $this->room($room)->publish($type, $data, $options);
    }

    /**
     * Publishes up to 1000 messages, to any rooms, in one request. One result per message, in order: a Published, or the
     * ApiException (not thrown) that refused this one. The same call again with the same idempotencyKey sends only what was
     * refused for a reason that passes, and answers for the rest as the first time.
     *
     * @param list<array<string, mixed>> $messages each with room, type, data, and the fields of Room::publish()
     * @param array{idempotencyKey?: string} $options
     * @return list<Published|ApiException>
     * @throws ApiException when the request as a whole failed
     */
    public function publishBatch(array $messages, array $options = []): array
    {
        return (new Batch($this->http))->publish($messages, Arguments::known($options, ['idempotencyKey'])['idempotencyKey'] ?? null);
    }

    /**
     * Publishes one message to many rooms, paced, so that a million viewers do not spike. Returns when it is stored; its job says
     * how far it is.
     *
     * @param list<string>|string  $rooms   exact names and prefixes that end in `*`, or "*": of these, the rooms with a viewer online
     * @param array<string, mixed> $options see Room::publish()
     * @throws ApiException
     */
    public function broadcast(array|string $rooms, string $type, mixed $data, array $options = []): Broadcast
    {
        if (is_string($rooms) && $rooms !== '*') {
            $rooms = [$rooms];
        }
        $body = ['rooms' => is_array($rooms) ? array_values($rooms) : $rooms] + Arguments::message($type, $data, $options);
        return Broadcast::of($this->http->post(['broadcasts'], $body, $options['idempotencyKey'] ?? null));
    }

    /**
     * Sends one message to all connections of a user, in whatever room they are.
     *
     * @param array<string, mixed> $options see Room::publish()
     * @throws ApiException
     */
    public function publishToUser(string $user, string $type, mixed $data, array $options = []): UserMessage
    {
        $message = Arguments::message($type, $data, $options);
        return UserMessage::of($this->http->post(['users', $user, 'messages'], $message, $options['idempotencyKey'] ?? null));
    }

    /**
     * How many viewers have a message that asked for receipts.
     *
     * @throws ApiException `not_found` when it did not ask, or too long ago
     */
    public function receipts(string $id): Receipts
    {
        return Receipts::of($this->http->get(['messages', $id, 'receipts']));
    }

    /**
     * Which process had a message and when: of gifts and notices, and of chat that was sent with a traceparent or receipts.
     *
     * @return array<string, mixed> trace, hops (hop, node, at, offset or viewers), and receipts where it asked for them
     * @throws ApiException `not_found` when it is not traced, or too long ago
     */
    public function trace(string $room, string $id): array
    {
        return $this->http->get(['messages', $id, 'trace'], ['room' => $room])->fields();
    }

    /**
     * Rooms with a viewer online. The page's `about` says the total.
     *
     * @param string|null $prefix only rooms whose names begin so
     * @param string|null $sort   name (default), or online: the fullest first
     * @return Page<RoomSummary>
     * @throws ApiException
     */
    public function rooms(?string $prefix = null, ?string $sort = null, ?int $limit = null, ?string $cursor = null): Page
    {
        $ask = fn (?string $at): Answer => $this->http->get(['rooms'], ['prefix' => $prefix, 'sort' => $sort, 'limit' => $limit, 'cursor' => $at]);
        return Page::read($ask, 'rooms', RoomSummary::of(...), $cursor);
    }

    /**
     * A viewer token for a user of yours.
     *
     * @param string               $sub    the user's id
     * @param array<string, mixed> $claims name, avatar, level, roles, rooms (one or more exact names or `prefix*`; absent allows every room), device, send (false: may watch only)
     * @param int                  $ttl    seconds it is good for, a day at most
     * @throws ApiException
     */
    public function createToken(string $sub, array $claims = [], int $ttl = 3_600): Token
    {
        Arguments::known($claims, ['name', 'avatar', 'level', 'roles', 'rooms', 'device', 'send']);
        if (($claims['rooms'] ?? null) === []) {
            throw new InvalidArgumentException('rooms is empty, so the token could join no room; leave it out for every room.');
        }
        return Token::of($this->http->post(['tokens'], ['sub' => $sub] + $claims + ['ttl_s' => $ttl]));
    }

    /**
     * A token that only watches one room, for a page such as the OBS overlay.
     *
     * @param string|null $room null with a watch key, which has its room
     * @param int         $ttl  seconds it is good for, an hour at most
     * @throws ApiException
     */
    public function createWatchToken(?string $room = null, int $ttl = 3_600): Token
    {
        return Token::of($this->http->post(['tokens', 'watch'], ($room === null ? [] : ['room' => $room]) + ['ttl_s' => $ttl]));
    }

    /** @throws ApiException */
    public function stats(): Stats
    {
        return Stats::of($this->http->get(['stats']));
    }

    /**
     * Where viewers are to connect, best first; the SDK asks by itself. The page's `about` says ttl_ms, how long the answer is good.
     *
     * @return Page<string> URLs of up to five edges
     * @throws ApiException `unavailable` when no edge is running
     */
    public function edges(?string $room = null, ?string $user = null, ?string $region = null): Page
    {
        $query = ['room' => $room, 'user' => $user, 'region' => $region];
        $ask = fn (): Answer => $this->http->get(['gateway'], $query);
        return Page::read($ask, 'edges', static fn (Answer $edge): string => $edge->string('url'));
    }

    /**
     * Samples of the cluster's numbers, `about['every_ms']` apart; where none was taken, none is.
     *
     * @param int $minutes the last 1 to 60
     * @return Page<array<string, mixed>> oldest first, as the API answers
     * @throws ApiException
     */
    public function statsHistory(int $minutes = 60): Page
    {
        $ask = fn (): Answer => $this->http->get(['stats', 'history'], ['minutes' => $minutes]);
        return Page::read($ask, 'samples', static fn (Answer $sample): array => $sample->fields());
    }

    /**
     * @return Page<Node> by role, then by id
     * @throws ApiException
     */
    public function nodes(): Page
    {
        return Page::read(fn (): Answer => $this->http->get(['nodes']), 'nodes', Node::of(...));
    }
}
