<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\Client;
use Danmux\Result\History;
use Danmux\Result\Message;
use Danmux\Result\Node;
use Danmux\Result\Page;
use Danmux\Result\RoomSummary;
use LogicException;
use ReflectionClass;
use ReflectionMethod;
use ReflectionNamedType;

/** Lists: one page, the next, all of them. */
final class PagesTest extends ServerTestCase
{
    /** Methods that return an array because theirs is no list of the API. */
    private const NO_LISTS = ['Client::publishBatch' => 'a result for each message of the call', 'Batch::publish' => 'the same', 'Client::trace' => 'one object'];

    public function testEveryListIsAPage(): void
    {
        $pages = $arrays = [];
        foreach ([Client::class, ...self::parts()] as $class) {
            foreach ((new ReflectionClass($class))->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
                $type = $method->getReturnType();
                $name = substr((string) strrchr($class, '\\'), 1) . "::{$method->getName()}";
                if (!$type instanceof ReflectionNamedType) {
                    continue;
                }
                if ($type->getName() === 'array' && !str_starts_with($method->getName(), '__')) {
                    $arrays[] = $name;
                }
                if (is_a($type->getName(), Page::class, true)) {
                    $pages[] = $name;
                }
            }
        }
        self::assertSame([], array_values(array_diff($arrays, array_keys(self::NO_LISTS))), 'these must return a Page');
        self::assertSame([], array_values(array_diff(array_keys(self::NO_LISTS), $arrays)), 'these are no exceptions any more');
        self::assertContains('Room::history', $pages);
        self::assertGreaterThan(12, count($pages));
    }

    public function testAllGoesOverThePages(): void
    {
        $page = static fn (array $rooms, ?string $cursor): array => ['status' => 200, 'body' => ['rooms' => array_map(static fn (string $room): array => ['room' => $room, 'online' => 1], $rooms), 'cursor' => $cursor, 'total' => 3]];
        $server = $this->serve($page(['a', 'b'], 'n&x'), $page(['c'], null));
        $rooms = $this->client($server)->rooms('x', limit: 2);
        self::assertCount(2, $rooms);
        self::assertSame(['a', 'b'], array_map(static fn (RoomSummary $room): string => $room->room, [...$rooms]));
        self::assertSame(['a', 'b', 'c'], array_map(static fn (RoomSummary $room): string => $room->room, iterator_to_array($rooms->all(), false)));
        self::assertSame(['/v1/rooms?prefix=x&limit=2', '/v1/rooms?prefix=x&limit=2&cursor=n%26x'], array_column($server->requests(), 'target'));
    }

    public function testHistoryGoesBackPageByPage(): void
    {
        $server = $this->serve(self::historyOf([7, 8], true), self::historyOf([5, 6], true), self::historyOf([4], false));
        $page = $this->client($server)->room('live:1')->history('gift', limit: 2);
        self::assertInstanceOf(Page::class, $page);
        self::assertSame([[7, 8], '7', ['more' => true]], [array_column([...$page], 'offset'), $page->cursor, $page->about]);
        self::assertSame([8, 7, 6, 5, 4], array_column(iterator_to_array($page->all()), 'offset'));
        $path = '/v1/rooms/live%3A1/history?lane=gift';
        self::assertSame(["$path&limit=2", "$path&before=7&limit=2", "$path&before=5&limit=2"], array_column($server->requests(), 'target'));
    }

    public function testACursorOfHistoryIsTakenAsBefore(): void
    {
        $server = $this->serve(self::historyOf([7, 8], true), self::historyOf([6], false));
        $room = $this->client($server)->room('live:1');
        $last = $room->history('chat', $room->history()->cursor);
        self::assertSame([[6], null, null], [array_column($last->items, 'offset'), $last->cursor, $last->next()]);
        self::assertSame('/v1/rooms/live%3A1/history?lane=chat&before=7', $server->requests()[1]['target']);
    }

    public function testCallersOfTheFormerHistoryGoOn(): void
    {
        $page = $this->client($this->serve(self::historyOf([7, 8], true)))->room('live:1')->history('gift', 9);
        self::assertSame([7, 8], array_map(static fn (Message $message): ?int => $message->offset, $page->messages));
        self::assertTrue($page->more);
        self::assertSame([1, null], [count(new History($page->messages, false)) - 1, (new History($page->messages, false))->cursor]);
        self::assertNull((new History([], true))->next(), 'a page of nothing names no place to go on');
    }

    public function testAnItemIsReadByItsPlaceAndNotChanged(): void
    {
        $node = ['id' => 'edge@a', 'role' => 'edge', 'address' => '127.0.0.1:7700', 'version' => '0.1.0', 'load' => 0];
        $nodes = $this->client($this->serve(['status' => 200, 'body' => ['nodes' => [$node, ['id' => 'edge@b'] + $node]]]))->nodes();
        [, $second] = $nodes;
        self::assertInstanceOf(Node::class, $second);
        self::assertSame(['edge@a', 'edge@b', false, null], [$nodes[0]->id, $second->id, isset($nodes[2]), $nodes[2]]);
        self::assertSame([null, 2], [$nodes->next(), count([...$nodes->all()])], 'a list without a cursor is one page');
        $this->expectException(LogicException::class);
        $nodes[0] = $second;
    }

    /** @return list<class-string> */
    private static function parts(): array
    {
        $files = glob(__DIR__ . '/../src/Api/*.php') ?: self::fail('there is no src/Api');
        return array_map(static fn (string $file): string => 'Danmux\\Api\\' . basename($file, '.php'), $files);
    }

    /**
     * @param list<int> $offsets
     * @return array<string, mixed>
     */
    private static function historyOf(array $offsets, bool $more): array
    {
        $message = static fn (int $offset): array => ['id' => "m$offset", 'lane' => 'gift', 'offset' => $offset, 'type' => 'gift', 'data' => null, 'ts' => 1_767_225_600_000];
        return ['status' => 200, 'body' => ['msgs' => array_map($message, $offsets), 'more' => $more]];
    }
}
