<?php

declare(strict_types=1);

namespace Danmux\Result;

use Closure;
use Danmux\Answer;
use Generator;

/**
 * A page of a room's history, lowest offset first; the next page is older. `all()` goes from the newest message to the oldest.
 *
 * @extends Page<Message>
 */
final class History extends Page
{
    /**
     * @param list<Message>                  $messages the items of the page
     * @param bool                           $more     older ones exist: next() reads them, and so does history() with `cursor` as before
     * @param Closure(string): self|null     $follow   reads the page before an offset
     */
    public function __construct(
        public readonly array $messages,
        public readonly bool $more,
        ?Closure $follow = null,
    ) {
        $oldest = $more ? ($messages[0] ?? null)?->offset : null;
        parent::__construct($messages, $oldest === null ? null : (string) $oldest, $follow, ['more' => $more]);
    }

    /** @return Generator<int, Message> newest first; reads the pages as they are needed */
    public function all(): Generator
    {
        for ($page = $this; $page !== null; $page = $page->next()) {
            foreach (array_reverse($page->items) as $message) {
                yield $message;
            }
        }
    }

    /**
     * @internal
     * @param callable(int|string|null): Answer $ask
     */
    public static function before(callable $ask, int|string|null $before): self
    {
        $answer = $ask($before);
        return new self($answer->list('msgs', Message::of(...)), $answer->bool('more'), static fn (string $next): self => self::before($ask, $next));
    }
}
