-- Appends to a named log and drops the oldest entries over its cap.
-- KEYS: 1 log
-- ARGV: 1 cap, 2… texts
-- Returns the new entry ids.
local places = {}
for at = 2, #ARGV do places[#places + 1] = redis.call('XADD', KEYS[1], '*', 't', ARGV[at]) end
redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[1])
return places
