<?php

declare(strict_types=1);

namespace Danmux;

use RuntimeException;

/**
 * One try got no whole answer. Only between Transport and Retrying; callers get a ConnectionException.
 *
 * @internal
 */
final class BrokenConnection extends RuntimeException
{
    /** @param bool $wasReused the server had closed an idle connection: a new one is worth trying at once */
    public function __construct(string $message, public readonly bool $wasReused)
    {
        parent::__construct($message);
    }
}
