<?php

declare(strict_types=1);

// Loads the classes of Danmux\ without Composer: `require 'clients/php/src/autoload.php';`.
spl_autoload_register(static function (string $class): void {
    if (!str_starts_with($class, 'Danmux\\')) {
        return;
    }
    $file = __DIR__ . '/' . strtr(substr($class, strlen('Danmux\\')), '\\', '/') . '.php';
    if (is_file($file)) {
        require $file;
    }
});
