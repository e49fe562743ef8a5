-- Lists the members and removes expired ones.
-- KEYS: 1 members
-- Returns {number removed, description…}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local alive, removed = {}, 0
local all = redis.call('HGETALL', KEYS[1])
for k = 1, #all, 2 do
  local expires, description = string.match(all[k + 1], '^(%d+):(.*)$')
  if tonumber(expires) <= now then
    redis.call('HDEL', KEYS[1], all[k])
    removed = removed + 1
  else
    alive[#alive + 1] = description
  end
end
table.insert(alive, 1, removed)
return alive
