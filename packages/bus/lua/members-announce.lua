-- Announces a member. KEYS: 1 members. ARGV: 1 id, 2 description, 3 ttl ms.
-- The field is removed first, because a full Redis allows what follows a removal: members stay known, and can say that it is full.
local time = redis.call('TIME')
local expires = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%s', expires, ARGV[2]))
return 1
