import { assertEquals } from "@std/assert";
import { logCatalogue, type LogRecord, type LogValue } from "../../../core/log.ts";
import { jsonLine, readableLine } from "../../../core/logformat.ts";

const catalogue = logCatalogue({
  addressAssigned: ["info", "address assigned", "service", "ips"],
  sessionLost: ["error", "session lost", "peer", "error", "level"],
});

function record(name: keyof typeof catalogue, fields: Record<string, LogValue>): LogRecord {
  return { wallMs: Date.UTC(2030, 0, 2, 3, 4, 5, 6), event: catalogue[name], fields };
}

Deno.test("log format: JSON has ts, level, event and msg first, then the catalogue's keys in order", () => {
  assertEquals(
    jsonLine(record("addressAssigned", { ips: ["192.0.2.1", "2001:db8::1"], service: "shop/web" })),
    '{"ts":"2030-01-02T03:04:05.006Z","level":"info","event":"addressAssigned","msg":"address assigned",' +
      '"service":"shop/web","ips":["192.0.2.1","2001:db8::1"]}',
  );
});

Deno.test("log format: JSON holds every kind of value, on one line", () => {
  const line = jsonLine(
    record("sessionLost", { peer: 12n, error: new TypeError("a\nb"), level: NaN, extra: null }),
  );
  assertEquals(JSON.parse(line), {
    ts: "2030-01-02T03:04:05.006Z",
    level: "error",
    event: "sessionLost",
    msg: "session lost",
    peer: "12",
    error: "a\nb",
    level_: "NaN",
    extra: null,
  });
  assertEquals(line.includes("\n"), false);
});

Deno.test("log format: people get time, level, message and fields", () => {
  assertEquals(
    readableLine(
      record("addressAssigned", { service: "shop/web", ips: ["192.0.2.1", "2001:db8::1"] }),
      false,
    ),
    '03:04:05.006 INFO  address assigned service=shop/web ips="[192.0.2.1 2001:db8::1]"',
  );
});

Deno.test("log format: what could break a terminal's line is escaped, what is not given is left out", () => {
  const fields = { peer: "a\x1b[31m\nb", error: new RangeError(""), level: undefined };
  assertEquals(
    readableLine(record("sessionLost", fields), false),
    '03:04:05.006 ERROR session lost peer="a\\u001b[31m\\nb" error=RangeError',
  );
});

Deno.test("log format: colours are there only when asked for", () => {
  const line = readableLine(record("sessionLost", { peer: "p", error: "e", level: 1 }), true);
  assertEquals(line.includes("\x1b[31mERROR\x1b[0m"), true);
});
