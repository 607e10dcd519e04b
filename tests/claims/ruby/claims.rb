# frozen_string_literal: true

# What the Ruby variants claim.
%w[clients/with_deadline clients/retry clients/breaker clients/bulkhead middleware/shed logging/censor optional_cache
   health rate_limit flags idempotency].each { |name| require name }
require "socket"
require "stringio"
require "tempfile"

def claim(text, holds)
  abort "not so: #{text}" unless holds
end

def raised(kind)
  yield
  abort "nothing was raised, #{kind} was wanted"
rescue kind => e
  e
end

# timeout
silent = TCPServer.new("127.0.0.1", 0)
uri = URI("http://127.0.0.1:#{silent.addr[1]}/")
begun = Time.now
raised(WithDeadline::DependencyTimeout) do
  WithDeadline.call(uri, Net::HTTP::Get.new(uri), limits: { open_timeout: 0.2, read_timeout: 0.2 })
end
claim "it ends in time", Time.now - begun < 5

# retry
calls = 0
quick = { transient: [IOError], first_delay: 0.001 }
raised(IOError) { with_retry(budget: RetryBudget.new, **quick) { calls += 1; raise IOError } }
claim "three attempts", calls == 3
raised(KeyError) { with_retry(budget: RetryBudget.new, **quick) { calls += 1; raise KeyError } }
claim "unsafe is not repeated", calls == 4
budget = RetryBudget.new(share: 0.1, most: 1.0)
20.times { raised(IOError) { with_retry(budget: budget, **quick) { calls += 1; raise IOError } } }
claim "the budget holds", calls - 4 <= 23

# circuit breaker
breaker = Breaker.new(failures: 3, reset: 0.05, counts: ->(error) { !error.is_a?(KeyError) })
calls = 0
fail_it = -> { breaker.run { calls += 1; raise IOError } }
5.times { raised(KeyError) { breaker.run { raise KeyError } } }
3.times { raised(IOError, &fail_it) }
claim "it is open", breaker.open?
raised(Breaker::Open, &fail_it)
claim "it is left alone", calls == 3
sleep 0.07
raised(IOError, &fail_it)
raised(Breaker::Open, &fail_it)
sleep 0.07
claim "a trial closes it", breaker.run { raised(Breaker::Open, &fail_it); 7 } == 7
claim "it is closed", !breaker.open?

# bulkhead
bulkhead = Bulkhead.new("x", 1)
bulkhead.run { raised(Bulkhead::Busy) { bulkhead.run { 1 } } }
claim "it is free again", bulkhead.run { 2 } == 2

# load shedding
statuses = []
inner = nil
shed = Shed.new(->(_) { inner ? (inner = nil; statuses << shed.call({})[0]; [200, {}, []]) : [200, {}, []] }, limit: 1)
inner = true
statuses << shed.call({})[0]
statuses << shed.call({})[0]
claim "the second at once is refused", statuses == [503, 200, 200]

# redaction
out = StringIO.new
log = Logger.new(out)
log.formatter = Censor::Formatter.new
log.info("mail jo@example.com, card 4111 1111 1111 1111")
log.info({ user: [{ "E-Mail" => "x", id: 7 }] })
claim "no mail", !out.string.include?("jo@example.com") && !out.string.include?("4111")
claim "no field", out.string.include?("[REDACTED]") && out.string.include?("7") && !out.string.include?('"x"')
round = {}
round["self"] = round
claim "it ends", Censor.censor(round).to_s.include?("TRUNCATED")

# optional cache
$stderr = StringIO.new
asked = 0
down = Object.new
down.define_singleton_method(:get) { |_| asked += 1; raise IOError }
down.define_singleton_method(:set) { |*_| raise IOError }
cache = OptionalCache.new(down, pause: 60)
3.times { claim "the source answers", cache.read("k", 60) { "source" } == "source" }
claim "it is left alone", asked == 1
raised(KeyError) { cache.read("k", 60) { raise KeyError } }
$stderr = STDERR

# health
usable = true
health = Health.new(usable: -> { usable || raise(IOError) })
ask = ->(path) { health.call({ "PATH_INFO" => path })[0] }
claim "not ready yet", [ask["/ready"], ask["/live"]] == [503, 200]
health.started
claim "ready", ask["/ready"] == 200
usable = false
claim "not usable", [ask["/ready"], ask["/live"]] == [503, 200]
usable = true
health.shut_down(notice: 0) { claim "told the balancer", ask["/ready"] == 503 }

# rate limit
now = 0.0
limit = RateLimit.new(rate: 1, burst: 2, clients: 3, clock: -> { now })
claim "burst", Array.new(3) { limit.allow?("a") } == [true, true, false]
claim "per client", limit.allow?("b")
now = 1.0
claim "rate", Array.new(2) { limit.allow?("a") } == [true, false]
100.times { |n| limit.allow?("c#{n}") }
claim "bounded", limit.instance_variable_get(:@buckets).size == 3

# feature flag
$stderr = StringIO.new
file = Tempfile.new("flags")
flags = Flags.new(file.path, seconds: 0)
on = lambda do |text|
  File.write(file.path, text)
  Array.new(2000) { |n| "user-#{n}" }.select { |user| flags.on?("new", user) }
end
first = on['{"new": 0.3}']
wider = on['{"new": 0.6}']
claim "a share", first.size.between?(500, 700)
claim "who had it keeps it", (first - wider).empty?
claim "what was read last goes on", on["not json"] == wider
claim "off", on['{"new": 0}'].empty? && !flags.on?("unknown", "user-1")
$stderr = STDERR

# idempotency, over a table in memory
rows = {}
result = Struct.new(:cmd_tuples, :first)
table = Object.new
table.define_singleton_method(:transaction) { |&block| block.call(table) }
table.define_singleton_method(:exec_params) do |sql, values|
  if sql.start_with?("INSERT")
    next result.new(0, nil) if rows.key?(values[0])

    rows[values[0]] = { "request_sha" => values[1], "response" => nil }
    result.new(1, nil)
  elsif sql.start_with?("SELECT") then result.new(1, rows[values[0]])
  else
    rows[values[1]]["response"] = values[0]
    result.new(1, nil)
  end
end
done = 0
2.times { claim "the answer", Idempotency.once(table, "k", "five") { done += 1 } == 1 }
claim "carried out once", done == 1
raised(Idempotency::OtherRequest) { Idempotency.once(table, "k", "six") { 1 } }
puts "ok"
