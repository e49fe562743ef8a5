-- The heads of a room; one that has none gets the given epoch.
-- KEYS: 1 heads, 2-4 streams of control, gift, chat, 5-7 their tombstones. ARGV: 1 epoch to set, 2 ttl ms.
-- Returns {epoch, control, gift, chat}.
if redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1]) == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  -- Messages of an epoch that was lost (evicted, deleted) would stand in the way of the new one's offsets.
  redis.call('DEL', unpack(KEYS, 2))
end
return redis.call('HMGET', KEYS[1], 'epoch', 'control', 'gift', 'chat')
