-- Counts who is subscribed to the frames of a room. Changes nothing.
-- KEYS: 1 heads of the room, which only leads to the right node of a Cluster. ARGV: 1 'NUMSUB' or 'SHARDNUMSUB', 2 channel.
return redis.call('PUBSUB', ARGV[1], ARGV[2])[2]
