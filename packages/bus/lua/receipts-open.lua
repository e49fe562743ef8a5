-- Opens the receipt counts of a message, or adds a room to them.
-- KEYS: 1 counts ('at', 'r ROOM' → 1, 'c ROOM EDGE' → 'sent received')
-- ARGV: 1 room, 2 acceptedAt (milliseconds), 3 ttlMs
-- Returns 1.
redis.call('HSETNX', KEYS[1], 'at', ARGV[2])
redis.call('HSET', KEYS[1], 'r ' .. ARGV[1], 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
