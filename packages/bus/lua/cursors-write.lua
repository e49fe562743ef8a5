-- Sets and removes cursors; does nothing when the lease is lost.
-- KEYS: 1 lease, 2 cursors
-- ARGV: 1 owner, 2 token, then per cursor: field, set ('1', or '0' to remove the field), value ('' with '0')
-- Returns 1, or 0 when the lease is lost.
local held = redis.call('HMGET', KEYS[1], 'owner', 'token')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return 0 end
local set, removed = {}, {}
for at = 3, #ARGV, 3 do
  if ARGV[at + 1] == '1' then
    set[#set + 1] = ARGV[at]
    set[#set + 1] = ARGV[at + 2]
  else removed[#removed + 1] = ARGV[at] end
end
if #set > 0 then redis.call('HSET', KEYS[2], unpack(set)) end
if #removed > 0 then redis.call('HDEL', KEYS[2], unpack(removed)) end
return 1
