-- Appends events to a shard's event log and publishes a notification.
-- KEYS: 1 log, 2 ledger
-- ARGV: 1 cap (of the log), 2 publishCommand, 3 channel, 4… events
-- Returns the number of old events dropped at the cap.
local lost = redis.call('XLEN', KEYS[1])
local number = redis.call('HINCRBY', KEYS[2], 'events_added', #ARGV - 3) - #ARGV
for at = 4, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[1], '*', 'e', ARGV[at], 'n', number + at) end
lost = lost + #ARGV - 3 - redis.call('XLEN', KEYS[1])
if lost > 0 then redis.call('HINCRBY', KEYS[2], 'events_dropped', lost) end
redis.call(ARGV[2], ARGV[3], '')
return lost
