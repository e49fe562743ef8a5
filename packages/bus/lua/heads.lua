-- The heads of a room; one that has none gets the given epoch.
-- KEYS: 1 heads. ARGV: 1 epoch to set, 2 ttl ms. Returns {epoch, control, gift, chat}.
if redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('HMGET', KEYS[1], 'epoch', 'control', 'gift', 'chat')
