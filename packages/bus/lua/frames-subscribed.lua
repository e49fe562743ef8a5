-- Counts who is subscribed to the frames of a room. Changes nothing.
-- KEYS: 1 heads of the room, which only leads to the right node of a Cluster. ARGV: 1 'NUMSUB' or 'SHARDNUMSUB', 2 channel.
-- Returns the count, or 1 when this user may not ask.
local answer = redis.pcall('PUBSUB', ARGV[1], ARGV[2])
return answer.err and 1 or answer[2]
