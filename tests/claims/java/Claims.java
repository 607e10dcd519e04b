import cache.OptionalCache;
import clients.Breaker;
import clients.Bulkhead;
import clients.DeadlineClient;
import clients.Retry;
import flags.Flags;
import health.Health;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import logging.Censor;
import middleware.RateLimit;

/** What the Java variants claim; run with -ea. */
public final class Claims {
    private static int calls;
    private static final Callable<String> FAIL = () -> {
        calls++;
        throw new IllegalStateException("down");
    };

    public static void main(String[] args) throws Exception {
        LogManager.getLogManager().reset();
        deadline();
        retries();
        breaker();
        bulkhead();
        cache();
        censor();
        health();
        rateLimit();
        flags();
        System.out.println("ok");
        System.exit(0);
    }

    private static Exception thrown(Callable<?> call) {
        try {
            call.call();
        } catch (Exception error) {
            return error;
        }
        throw new AssertionError("nothing was thrown");
    }

    private static void deadline() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + silent.getLocalPort())).build();
            Exception error = thrown(() -> new DeadlineClient(Duration.ofMillis(200)).call(request));
            assert error instanceof DeadlineClient.DependencyTimeout : error;
        }
    }

    private static void retries() {
        calls = 0;
        thrown(() -> new Retry(3, 1, 5, e -> true, new Retry.Budget(0.1, 10)).run(FAIL));
        assert calls == 3 : calls;
        thrown(() -> new Retry(3, 1, 5, e -> false, new Retry.Budget(0.1, 10)).run(FAIL));
        assert calls == 4 : calls;
        Retry bounded = new Retry(3, 1, 5, e -> true, new Retry.Budget(0.1, 1));
        for (int n = 0; n < 20; n++) {
            thrown(() -> bounded.run(FAIL));
        }
        assert calls - 4 <= 23 : calls;
    }

    private static void breaker() throws Exception {
        calls = 0;
        Breaker breaker = new Breaker(3, 50, e -> !(e instanceof IllegalArgumentException));
        for (int n = 0; n < 5; n++) {
            thrown(() -> breaker.run(() -> {
                throw new IllegalArgumentException("ours");
            }));
        }
        for (int n = 0; n < 3; n++) {
            assert thrown(() -> breaker.run(FAIL)).getMessage().equals("down");
        }
        assert breaker.isOpen();
        assert thrown(() -> breaker.run(FAIL)) instanceof Breaker.Open;
        assert calls == 3 : calls;
        Thread.sleep(70);
        assert thrown(() -> breaker.run(FAIL)).getMessage().equals("down");
        assert thrown(() -> breaker.run(FAIL)) instanceof Breaker.Open;
        Thread.sleep(70);
        assert breaker.run(() -> {
            assert thrown(() -> breaker.run(FAIL)) instanceof Breaker.Open : "two trials at a time";
            return 7;
        }) == 7;
        assert !breaker.isOpen();
    }

    private static void bulkhead() throws Exception {
        Bulkhead bulkhead = new Bulkhead("x", 1);
        assert bulkhead.run(() -> thrown(() -> bulkhead.run(() -> 1))) instanceof Bulkhead.Busy;
        assert bulkhead.run(() -> 2) == 2;
    }

    private static void cache() throws Exception {
        int[] asked = {0};
        OptionalCache down = new OptionalCache(new OptionalCache.Store() {
            @Override
            public String get(String key) throws Exception {
                asked[0]++;
                throw new Exception("down");
            }

            @Override
            public void set(String key, String value, int seconds) throws Exception {
                throw new Exception("down");
            }
        }, 60_000);
        for (int n = 0; n < 3; n++) {
            assert down.read("k", 60, () -> "source").equals("source");
        }
        assert asked[0] == 1 : asked[0];
        Map<String, String> kept = new HashMap<>();
        OptionalCache fine = new OptionalCache(new OptionalCache.Store() {
            @Override
            public String get(String key) {
                return kept.get(key);
            }

            @Override
            public void set(String key, String value, int seconds) {
                kept.put(key, value);
            }
        }, 60_000);
        fine.read("k", 60, () -> "v");
        assert fine.read("k", 60, () -> {
            throw new AssertionError("loaded twice");
        }).equals("v");
    }

    private static void censor() {
        Object found = Censor.censor(Map.of("user", List.of(Map.of("E-Mail", "x")), "note", "mail jo@example.com"));
        assert found.equals(Map.of("user", List.of(Map.of("E-Mail", "[REDACTED]")), "note", "mail [REDACTED]")) : found;
        assert Censor.censor("card 4111 1111 1111 1111").equals("card [REDACTED]");
        Map<String, Object> round = new HashMap<>();
        round.put("self", round);
        assert Censor.censor(round).toString().contains("TRUNCATED");
    }

    private static void health() throws Exception {
        boolean[] usable = {true};
        Health health = new Health(() -> {
            if (!usable[0]) {
                throw new IllegalStateException();
            }
            return true;
        });
        assert health.ready() == 503 && health.live() == 200;
        health.started();
        assert health.ready() == 200;
        usable[0] = false;
        assert health.ready() == 503 && health.live() == 200;
        usable[0] = true;
        health.shutDown(() -> {
            assert health.ready() == 503;
        }, 1);
    }

    private static void rateLimit() {
        long[] now = {0};
        RateLimit limit = new RateLimit(1, 2, 3, () -> now[0]);
        assert limit.allow("a") && limit.allow("a") && !limit.allow("a") && limit.allow("b");
        now[0] = 1_000_000_000L;
        assert limit.allow("a") && !limit.allow("a");
        for (int n = 0; n < 100; n++) {
            limit.allow("c" + n);
        }
        assert limit.allow("a") && limit.allow("a") : "who was forgotten begins anew";
    }

    private static void flags() throws Exception {
        Path file = Files.createTempFile("flags", ".properties");
        Flags flags = new Flags(file, 0);
        Set<String> first = on(flags, file, "new=0.3");
        Set<String> wider = on(flags, file, "new=0.6");
        assert first.size() > 500 && first.size() < 700 : first.size();
        assert wider.containsAll(first);
        assert on(flags, file, "new=0").isEmpty();
        on(flags, file, "new=0.6");
        Files.delete(file);
        assert flags.on("new", first.iterator().next()) : "what was read last goes on";
        assert !flags.on("unknown", "user-1");
    }

    private static Set<String> on(Flags flags, Path file, String text) throws Exception {
        Files.writeString(file, text);
        Set<String> found = new HashSet<>();
        for (int n = 0; n < 2000; n++) {
            if (flags.on("new", "user-" + n)) {
                found.add("user-" + n);
            }
        }
        return found;
    }
}
