-- Reads the reports of all edges about one room, without expired ones. Changes nothing.
-- KEYS: 1 rows (edge → 'count:expires:users:version'), 2 memberLists (edge → list)
-- Returns per edge: connections, distinct users ('' unknown), member list (false when the edge has sent none).
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local shares = {}
local row = redis.call('HGETALL', KEYS[1])
for k = 1, #row, 2 do
  local online, expires, users = string.match(row[k + 1], '^(%d+):(%d+):(%d*):')
  if tonumber(expires) > now then
    shares[#shares + 1] = tonumber(online)
    shares[#shares + 1] = users
    shares[#shares + 1] = redis.call('HGET', KEYS[2], row[k])
  end
end
return shares
