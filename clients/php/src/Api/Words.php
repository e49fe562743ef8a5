<?php

declare(strict_types=1);

namespace Danmux\Api;

use Danmux\Answer;
use Danmux\ApiException;
use Danmux\Http;
use Danmux\Result\Page;
use Danmux\Result\WordList;

/** Word lists: what is done with viewers' messages that hold one of their words. In force everywhere within a second. */
final class Words
{
    /** @internal */
    public function __construct(private readonly Http $http)
    {
    }

    /**
     * All lists, without their words.
     *
     * @return Page<WordList>
     * @throws ApiException
     */
    public function lists(): Page
    {
        return Page::read(fn (): Answer => $this->http->get(['words']), 'lists', WordList::of(...));
    }

    /** @throws ApiException */
    public function get(string $name): WordList
    {
        return WordList::of($this->http->get(['words', $name]));
    }

    /**
     * Makes a list, or puts another in its place. The answer counts its words and does not hold them.
     *
     * @param string            $action block (refused), mask (starred), hold (waits for review) or shadow (only its sender sees it)
     * @param list<string>      $words  found whatever their width, case, spacing and zero-width characters
     * @param list<string>|null $rooms  exact names or `prefix*`; null: every room
     * @param bool              $pinyin Chinese words are also found written in pinyin
     * @throws ApiException
     */
    public function put(string $name, string $action, array $words, ?array $rooms = null, bool $pinyin = false): WordList
    {
        $list = ['action' => $action, 'words' => array_values($words)] + ($rooms === null ? [] : ['rooms' => array_values($rooms)]) + ($pinyin ? ['pinyin' => true] : []);
        return WordList::of($this->http->put(['words', $name], $list));
    }

    /**
     * @return bool false when there was none
     * @throws ApiException
     */
    public function delete(string $name): bool
    {
        return $this->http->deleteIfThere(['words', $name]) !== null;
    }
}
