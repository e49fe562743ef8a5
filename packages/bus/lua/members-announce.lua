-- Announces a member.
-- Deletes the field before setting it. When memory is full, Redis allows a script whose first write is HDEL, and then also its HSET. Members
-- therefore stay listed while Redis is full, and can report this state.
-- KEYS: 1 members (id → 'expires:description')
-- ARGV: 1 id, 2 description, 3 ttlMs
-- Returns 1.
local time = redis.call('TIME')
local expires = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%s', expires, ARGV[2]))
return 1
