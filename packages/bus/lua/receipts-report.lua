-- Raises the counts of one message; a lower number changes nothing.
-- KEYS: 1 counts
-- ARGV: 1 ttlMs, then per count: place ('ROOM EDGE'), sent, received
-- Returns 1, or 0 when the counts were never opened or have expired.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for at = 2, #ARGV, 3 do
  local field, sent, received = 'c ' .. ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local before_sent, before_received = string.match(redis.call('HGET', KEYS[1], field) or '0 0', '^(%d+) (%d+)$')
  sent, received = math.max(sent, tonumber(before_sent)), math.max(received, tonumber(before_received))
  redis.call('HSET', KEYS[1], field, string.format('%d %d', sent, received))
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
