-- The heads of a room; one that has none gets the given epoch.
-- KEYS: 1 heads, 2-4 streams of control, gift, chat. ARGV: 1 epoch to set, 2 ttl ms. Returns {epoch, control, gift, chat}.
if redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1]) == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  -- Messages of an epoch that was lost (evicted, deleted) would stand in the way of the new one's offsets.
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
end
return redis.call('HMGET', KEYS[1], 'epoch', 'control', 'gift', 'chat')
