-- Removes expired fields of one record. A record that loses its last field gets a TTL.
-- KEYS: 1 record, 2 names, 3 ends (expiry times of the slot's fields)
-- ARGV: 1 recordName, 2 nowMs, 3 emptyTtlMs (of a record without fields), 4… fieldNames
-- Returns the number of removed fields.
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
