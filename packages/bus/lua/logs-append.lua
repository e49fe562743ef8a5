-- Appends to a named log and keeps the newest. KEYS: 1 log. ARGV: 1 most kept, 2… texts. Returns their places.
local places = {}
for at = 2, #ARGV do places[#places + 1] = redis.call('XADD', KEYS[1], '*', 't', ARGV[at]) end
redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[1])
return places
