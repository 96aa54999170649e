-- One use of a budget, by the generic cell rate algorithm; all times in microseconds.
-- KEYS[1] the key, ARGV: now, the interval in which one use comes back, the burst.
-- Answers: allowed (1 or 0), remaining, wait until the next try, wait until all is back.
local now = tonumber(ARGV[1])
local interval = tonumber(ARGV[2])
local window = interval * tonumber(ARGV[3])

-- The theoretical arrival time: when the key will be whole again. A clock that was turned back
-- must not lock anybody out for longer than the budget's own window.
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
arrival = math.min(math.max(arrival, now), now + window)

local next_arrival = arrival + interval
local wait = next_arrival - window - now
if wait > 0 then
  return {0, 0, wait, arrival - now}
end
redis.call('SET', KEYS[1], string.format('%.0f', next_arrival),
  'PX', math.ceil((next_arrival - now) / 1000) + 1)
return {1, math.floor(-wait / interval), 0, next_arrival - now}
