-- Stores publications of one shard in its ingress lanes; drops duplicates by their dedupe key.
-- KEYS: 1 ledger, 2-5 ingress per lane, 6… seen (dedupe keys and the keys of their digests)
-- ARGV: 1 publishCommand, 2 channel, 3-6 caps per lane, 7-10 atCap per lane ('refuse' or 'shed'),
--       11 rewriteSeen ('1': a duplicate writes its dedupe key again, so that a WAIT on this connection also covers the original),
--       then per publication: lane (its number), room, id, body, trace, seenIndex (of its dedupe key in KEYS, 0: none), dedupeMs,
--       judged (weight, or combo of a gift; '' for none), marks ('' for none), digest (of the content; '' for none),
--       digestIndex (of the key of that digest in KEYS, 0: none)
-- Returns per publication: {0, id} stored, {1, id of the first} duplicate, {2, id} refused because the lane is full,
--       {3, id} refused because the first publication of the dedupe key has another digest.
-- A dedupe key holds the id of the first publication, and a second key its digest when it has one. Processes of an older version answer the whole
-- value of the dedupe key as the id, so the digest is not in it. One version wrote `ID DIGEST` there; an id contains no space.
local lanes = #lane_names
local results, notify = {}, false
for at = 4 + 2 * lanes, #ARGV, 11 do
  local lane = tonumber(ARGV[at])
  local room, id, body, trace = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local dedupe, dedupe_ms = tonumber(ARGV[at + 5]), ARGV[at + 6]
  local first = false
  if dedupe > 0 then first = redis.call('GET', KEYS[dedupe]) end
  if first then
    local digest, digest_key = ARGV[at + 9], tonumber(ARGV[at + 10])
    local first_id, first_digest = string.match(first, '^(%S+) (%S+)$')
    if not first_id and digest_key > 0 then first_digest = redis.call('GET', KEYS[digest_key]) end
    if ARGV[3 + 2 * lanes] == '1' then redis.call('SET', KEYS[dedupe], first, 'KEEPTTL') end
    if first_digest and digest ~= '' and first_digest ~= digest then
      results[#results + 1] = { 3, id }
    else
      results[#results + 1] = { 1, first_id or first }
    end
  else
    local ingress, cap = KEYS[1 + lane], tonumber(ARGV[2 + lane])
    local length = redis.call('XLEN', ingress)
    if length >= cap and ARGV[2 + lanes + lane] == 'refuse' then
      results[#results + 1] = { 2, id }
    else
      if dedupe > 0 then redis.call('SET', KEYS[dedupe], id, 'PX', dedupe_ms) end
      local digest_key = tonumber(ARGV[at + 10])
      if digest_key > 0 then redis.call('SET', KEYS[digest_key], ARGV[at + 9], 'PX', dedupe_ms) end
      redis.call('XADD', ingress, 'MAXLEN', cap, '*', 'r', room, 'i', id, 'b', body, 't', trace, 'w', ARGV[at + 7], 'm', ARGV[at + 8])
      redis.call('HINCRBY', KEYS[1], 'accepted:' .. lane_names[lane], 1)
      local trimmed = length + 1 - redis.call('XLEN', ingress)
      if trimmed > 0 then redis.call('HINCRBY', KEYS[1], 'shed:' .. lane_names[lane] .. ':ingress_full', trimmed) end
      -- A publication on a guaranteed lane always causes a notification. On another lane only a publication into an empty ingress does: after
      -- its notification the relay also reads the later publications.
      if lane_guaranteed[lane] or length == 0 then notify = true end
      results[#results + 1] = { 0, id }
    end
  end
end
if notify then redis.call(ARGV[1], ARGV[2], '') end
return results
