<?php

declare(strict_types=1);

namespace Danmux\Result;

use ArrayAccess;
use ArrayIterator;
use Closure;
use Countable;
use Danmux\Answer;
use Generator;
use IteratorAggregate;
use LogicException;

/**
 * One page of a list. `foreach`, `count()` and `[0]` read this page; `all()` reads this and all that follow. A list that the API
 * answers whole is one page.
 *
 * @template T
 * @implements IteratorAggregate<int, T>
 * @implements ArrayAccess<int, T>
 */
class Page implements IteratorAggregate, Countable, ArrayAccess
{
    /**
     * @param list<T>                       $items
     * @param string|null                   $cursor where the next page begins; null after the last
     * @param Closure(string): Page<T>|null $follow reads the page at a cursor
     * @param array<string, mixed>          $about  what the answer says besides: total, online, users, complete, …
     */
    public function __construct(
        public readonly array $items,
        public readonly ?string $cursor = null,
        private readonly ?Closure $follow = null,
        public readonly array $about = [],
    ) {
    }

    /** @return Page<T>|null null after the last */
    public function next(): ?self
    {
        return $this->cursor === null || $this->follow === null ? null : ($this->follow)($this->cursor);
    }

    /** @return Generator<int, T> reads the pages as they are needed */
    public function all(): Generator
    {
        for ($page = $this; $page !== null; $page = $page->next()) {
            foreach ($page->items as $item) {
                yield $item;
            }
        }
    }

    public function count(): int
    {
        return count($this->items);
    }

    public function getIterator(): ArrayIterator
    {
        return new ArrayIterator($this->items);
    }

    public function offsetExists(mixed $offset): bool
    {
        return isset($this->items[$offset]);
    }

    /** @return T|null null where the page has no such item */
    public function offsetGet(mixed $offset): mixed
    {
        return $this->items[$offset] ?? null;
    }

    public function offsetSet(mixed $offset, mixed $value): never
    {
        throw new LogicException('A page cannot be changed; copy its items.');
    }

    public function offsetUnset(mixed $offset): never
    {
        throw new LogicException('A page cannot be changed; copy its items.');
    }

    /**
     * The first page, and how to read those after it; a list without a cursor is one page.
     *
     * @internal
     * @template R
     * @param callable(?string): Answer $ask
     * @param callable(Answer): R       $read
     * @return Page<R>
     */
    public static function read(callable $ask, string $list, callable $read, ?string $cursor = null): self
    {
        $answer = $ask($cursor);
        $about = array_diff_key($answer->fields(), [$list => true, 'cursor' => true]);
        $follow = static fn (string $next): self => self::read($ask, $list, $read, $next);
        return new self($answer->list($list, $read), $answer->stringOrNull('cursor'), $follow, $about);
    }
}
