-- Counts the subscribers of a room's frame channel. Changes nothing.
-- KEYS: 1 heads (of the room; not read, it routes the call to the right node of a Cluster)
-- ARGV: 1 subcommand ('NUMSUB' or 'SHARDNUMSUB'), 2 channel
-- Returns the count, or 1 when the ACL of this Redis user forbids PUBSUB.
local answer = redis.pcall('PUBSUB', ARGV[1], ARGV[2])
return answer.err and 1 or answer[2]
