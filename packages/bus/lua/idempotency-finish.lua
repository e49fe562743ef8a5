-- Keeps the answer of a claimed key. KEYS: 1 record. ARGV: 1 body hash, 2 answer, 3 ttl ms.
redis.call('HSET', KEYS[1], 'hash', ARGV[1], 'answer', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
