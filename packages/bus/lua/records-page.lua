-- Reads a page of a record's fields whose names begin with a prefix, in byte order of the names. Changes nothing.
-- KEYS: 1 record, 2 names
-- ARGV: 1 prefix, 2 hasCursor ('1' or '0'), 3 cursor (a name after which the page begins), 4 limit (largest number of fields), 5 nowMs
-- Returns {'1' when more follow (else ''), name, 'until value', …}.
local prefix, most, now = ARGV[1], tonumber(ARGV[4]), tonumber(ARGV[5])
local from = '[' .. prefix
if ARGV[2] == '1' and ARGV[3] >= prefix then from = '(' .. ARGV[3] end
local page, count = { '' }, 0
while true do
  -- Names are UTF-8, which never contains the byte 255, so this range ends after all names with the prefix.
  local names = redis.call('ZRANGEBYLEX', KEYS[2], from, '(' .. prefix .. '\255', 'LIMIT', 0, 200)
  for _, name in ipairs(names) do
    local field = redis.call('HGET', KEYS[1], '.' .. name)
    local ends = field and tonumber(string.match(field, '^%d+'))
    if ends and (ends == 0 or ends > now) then
      if count == most then
        page[1] = '1'
        return page
      end
      count = count + 1
      page[#page + 1] = name
      page[#page + 1] = field
    end
  end
  if #names < 200 then return page end
  from = '(' .. names[#names]
end
