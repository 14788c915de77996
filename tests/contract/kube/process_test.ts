/** What kube/ shows of a process: health checks, log lines, the machine's clock. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Logger, type LogRecord } from "../../../core/log.ts";
import { kubeLog } from "../../../kube/catalogue.ts";
import { systemClock } from "../../../kube/clock.ts";
import { serveHealth } from "../../../kube/health.ts";
import { standardOutputSink } from "../../../kube/logsink.ts";

Deno.test("health: /healthz and /readyz say what is wrong, other routes are given, the rest is 404", async () => {
  let missing: string | undefined = "waiting for the first list of Services";
  let broken: string | undefined;
  const server = serveHealth({
    hostname: "127.0.0.1",
    port: 0,
    notReady: () => missing,
    unhealthy: () => broken,
    routes: { "/metrics": () => new Response("up 1\n") },
  });
  const ask = async (path: string, method = "GET") => {
    const answer = await fetch(`http://${server.hostname}:${server.port}${path}`, { method });
    return [answer.status, await answer.text()];
  };
  try {
    assertEquals(await ask("/healthz"), [200, "ok\n"]);
    assertEquals(await ask("/readyz"), [503, "waiting for the first list of Services\n"]);
    missing = undefined;
    broken = "the data plane stopped";
    assertEquals(await ask("/readyz"), [200, "ok\n"]);
    assertEquals(await ask("/healthz"), [503, "the data plane stopped\n"]);
    assertEquals(await ask("/metrics"), [200, "up 1\n"]);
    assertEquals(await ask("/other"), [404, "there is nothing at /other\n"]);
    assertEquals(await ask("/toString"), [404, "there is nothing at /toString\n"]);
    assertEquals(await ask("/readyz", "HEAD"), [200, ""]);
    assertEquals((await ask("/readyz", "POST"))[0], 405);
    const taken = { hostname: "127.0.0.1", port: server.port, notReady: () => undefined };
    assertThrows(() => serveHealth(taken), Error, `127.0.0.1 port ${server.port}`);
  } finally {
    await server.stop();
  }
});

Deno.test("health: a route that throws is a 500, and the server lives on", async () => {
  const routes = {
    "/metrics": () => {
      throw new Error("no metrics");
    },
  };
  const server = serveHealth({ hostname: "127.0.0.1", port: 0, notReady: () => undefined, routes });
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
    await answer.body?.cancel();
    return answer.status;
  };
  assertEquals([await ask("/metrics"), await ask("/readyz")], [500, 200]);
  await server.stop();
});

const record: LogRecord = {
  wallMs: 0,
  event: kubeLog.contactRegained,
  fields: { resource: "services", afterMs: 5 },
};

Deno.test("log sink: whole lines, also when the pipe takes them in parts, and no error when it takes none", () => {
  const parts: number[] = [];
  const small = (part: Uint8Array) => {
    const taken = Math.min(10, part.length);
    parts.push(...part.subarray(0, taken));
    return taken;
  };
  standardOutputSink({ readable: false, write: small })(record);
  const text = new TextDecoder().decode(new Uint8Array(parts));
  assertEquals(JSON.parse(text).event, "contactRegained");
  assert(text.endsWith("}\n"));
  const broken = () => {
    throw new Deno.errors.BrokenPipe("gone");
  };
  standardOutputSink({ readable: false, write: broken })(record);
});

Deno.test("log sink: JSON into a pipe, written at once", async () => {
  const script = `
    import { Logger } from ${JSON.stringify(import.meta.resolve("../../../core/log.ts"))};
    import { kubeLog } from ${JSON.stringify(import.meta.resolve("../../../kube/catalogue.ts"))};
    import { standardOutputSink } from ${JSON.stringify(import.meta.resolve("../../../kube/logsink.ts"))};
    const log = new Logger("info", standardOutputSink(), Date.now);
    log.write(kubeLog.leaderElected, { lease: "l", identity: "me" });
    log.write(kubeLog.watchEnded, { resource: "not at this level" });
    Deno.exit(0);
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--config", new URL("../../../deno.json", import.meta.url).pathname, script],
  }).output();
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ level, event, lease }) => [level, event, lease]), [[
    "info",
    "leaderElected",
    "l",
  ]]);
});

Deno.test("log: every entry of the catalogue has a message and fields of its own", () => {
  const seen: string[] = [];
  const log = new Logger("debug", ({ event }) => seen.push(event.name), () => 0);
  for (const event of Object.values(kubeLog)) {
    log.write(event as typeof kubeLog.listed, { resource: "", items: 0, resourceVersion: "" });
  }
  assertEquals(seen, Object.keys(kubeLog));
  assertEquals(new Set(Object.values(kubeLog).map(({ message }) => message)).size, seen.length);
});

Deno.test("clock: a sleep takes its time, or ends with its signal, and leaves nothing behind", async () => {
  const startedMs = systemClock.nowMs();
  await systemClock.sleep(30);
  assert(systemClock.nowMs() - startedMs >= 29);
  const abort = new AbortController();
  const sleeping = systemClock.sleep(60_000, abort.signal);
  abort.abort(new Error("enough"));
  await assertRejects(() => sleeping, Error, "enough");
  let fired = false;
  systemClock.timer(10, () => fired = true).cancel();
  await systemClock.sleep(20);
  assertEquals(fired, false);
  // setTimeout fires at once for delays that don't fit; a timer for months must not.
  const months = systemClock.timer(2 ** 40, () => fired = true);
  await systemClock.sleep(10);
  months.cancel();
  assertEquals(fired, false);
});
