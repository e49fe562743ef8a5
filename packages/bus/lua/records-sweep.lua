-- Removes fields of one record that have ended; a record without any ends after a while.
-- KEYS: 1 record, 2 its names, 3 ends of the slot's fields. ARGV: 1 record, 2 now ms, 3 ms a record without fields is kept,
-- 4… names. Returns how many.
local removed = 0
for at = 4, #ARGV do
  local ends = redis.call('ZSCORE', KEYS[3], ARGV[1] .. ' ' .. ARGV[at])
  if ends and tonumber(ends) <= tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], '.' .. ARGV[at])
    redis.call('ZREM', KEYS[2], ARGV[at])
    redis.call('ZREM', KEYS[3], ARGV[1] .. ' ' .. ARGV[at])
    removed = removed + 1
  end
end
if removed > 0 and redis.call('HLEN', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return removed
