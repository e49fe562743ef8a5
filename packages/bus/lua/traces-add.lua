-- Adds hops to the trace of a message; a second hop with the same name and node is ignored.
-- KEYS: 1 trace ('trace' → id, 'h HOP NODE' → 'at offset viewers')
-- ARGV: 1 ttlMs, 2 maxHops, 3 traceId ('' adds only to an existing trace), then per hop: field, value
-- Returns 1, or 0 when the trace does not exist.
if ARGV[3] ~= '' then
  redis.call('HSETNX', KEYS[1], 'trace', ARGV[3])
elseif redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
for at = 4, #ARGV, 2 do
  if redis.call('HLEN', KEYS[1]) <= tonumber(ARGV[2]) then redis.call('HSETNX', KEYS[1], ARGV[at], ARGV[at + 1]) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
