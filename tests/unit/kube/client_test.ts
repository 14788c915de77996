/** The client over a transport that answers what the test says. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { KubeApiError, KubeUnreachableError, type WatchEvent } from "../../../kube/api.ts";
import { openClient } from "../../../kube/client.ts";
import type { ApiServerConfig } from "../../../kube/config.ts";
import { configMaps } from "../../../kube/resources.ts";
import type { TransportRequest } from "../../../kube/transport.ts";
import { settle } from "../../support/fakeclock.ts";
import { bench, quiet } from "./support.ts";

type Answer = (request: TransportRequest) => Response | Promise<Response>;

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

const refused = (status: number, headers = {}) =>
  json({ kind: "Status", code: status, message: "no" }, status, headers);

/** Never answers; ends with the request's signal, as fetch does. */
const silence: Answer = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

function harness(answers: Answer[], more: Partial<ApiServerConfig> = {}) {
  const b = bench();
  const requests: TransportRequest[] = [];
  let renewals = 0;
  const config: ApiServerConfig = {
    url: "https://10.0.0.1:6443",
    namespace: "default",
    source: "test",
    tls: () => Promise.resolve({}),
    headers: () => Promise.resolve({ authorization: `Bearer ${requests.length}` }),
    ...more,
  };
  const transport = {
    send: async (request: TransportRequest) => {
      requests.push(request);
      await Promise.resolve();
      const answer = answers.shift();
      if (answer === undefined) {
        throw new TypeError("fetch failed", { cause: new Error("Connection refused") });
      }
      return await answer(request);
    },
    renew: () => void renewals++,
    close: () => {},
  };
  const api = openClient({ ...b, config, userAgent: "test/1", transport });
  return { ...b, api, requests, renewals: () => renewals };
}

/** A watch's body that the test feeds. */
function stream(): {
  answer: Answer;
  send(...objects: unknown[]): void;
  raw(text: string): void;
  end(): void;
} {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (c) => void (controller = c) });
  const raw = (text: string) => controller.enqueue(new TextEncoder().encode(text));
  return {
    answer: ({ signal }) => {
      signal.addEventListener("abort", () => controller.error(signal.reason), { once: true });
      return new Response(body);
    },
    send: (...objects) => objects.forEach((object) => raw(`${JSON.stringify(object)}\n`)),
    raw,
    end: () => controller.close(),
  };
}

const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name;

function collect(h: ReturnType<typeof harness>, timeoutSeconds = 25) {
  const events: WatchEvent<string>[] = [];
  const abort = new AbortController();
  const ended = (async () => {
    const options = { resourceVersion: "5", timeoutSeconds, signal: abort.signal };
    for await (const event of h.api.watch(configMaps, nameOf, options)) events.push(event);
    return "ended";
  })();
  const error = ended.then(() => undefined, (error: unknown) => error);
  return { events, ended, error, abort };
}

const object = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } });

Deno.test("client: says who it is, with credentials asked for each request", async () => {
  const h = harness([() => json({}), () => json({})]);
  await h.api.get(configMaps, "ns", "a");
  await h.api.patch(configMaps, "ns", "a", { data: {} }, {
    type: "apply",
    fieldManager: "pewter",
    force: true,
  });
  const [get, patch] = h.requests;
  assertEquals([get?.method, get?.path], ["GET", "/api/v1/namespaces/ns/configmaps/a"]);
  assertEquals(get?.headers, {
    accept: "application/json",
    authorization: "Bearer 0",
    "user-agent": "test/1",
  });
  assertEquals(patch?.path, "/api/v1/namespaces/ns/configmaps/a?fieldManager=pewter&force=true");
  assertEquals(patch?.headers["content-type"], "application/apply-patch+yaml");
  assertEquals(patch?.headers["authorization"], "Bearer 1");
  assertEquals(patch?.body, '{"data":{}}');
});

Deno.test("client: a list reads all pages", async () => {
  const page = (names: string[], more?: string) => () =>
    json({
      metadata: { resourceVersion: "9", continue: more },
      items: names.map((name) => object(name, "1")),
    });
  const h = harness([page(["a", "b"], "x/y=="), page(["c"], ""), () => json({ metadata: {}, items: null })]);
  assertEquals(await h.api.list(configMaps, nameOf), { items: ["a", "b", "c"], resourceVersion: "9" });
  assertEquals(h.requests.map(({ path }) => path), [
    "/api/v1/configmaps?limit=500",
    "/api/v1/configmaps?limit=500&continue=x%2Fy%3D%3D",
  ]);
  assertEquals((await h.api.list(configMaps, nameOf)).items, []);
});

Deno.test("client: a list that expires on every way ends without pages, and then gives up", async () => {
  const first = () => json({ metadata: { continue: "c" }, items: [] });
  const expired = () => refused(410);
  const h = harness([
    first,
    expired,
    first,
    expired,
    () => json({ metadata: { resourceVersion: "7" }, items: [] }),
  ]);
  assertEquals((await h.api.list(configMaps, nameOf)).resourceVersion, "7");
  assertEquals(h.requests.at(-1)?.path, "/api/v1/configmaps");
  const hopeless = harness([first, expired, first, expired, expired]);
  const error = await assertRejects(() => hopeless.api.list(configMaps, nameOf), KubeApiError);
  assertEquals(error.status, 410);
});

Deno.test("client: a busy server is asked again, four times, after what it asked for", async () => {
  const h = harness([
    () => refused(429, { "retry-after": "2" }),
    () => refused(503, { "retry-after": "1" }),
    () => json({}),
  ]);
  const got = h.api.get(configMaps, "ns", "a");
  await h.clock.advance(2_000);
  assertEquals(h.requests.length, 1);
  await h.clock.advance(10_000);
  await got;
  assertEquals(h.requests.length, 3);
  const never = harness(Array(9).fill(() => refused(429)));
  const refusal = assertRejects(() => never.api.get(configMaps, "ns", "a"), KubeApiError);
  await never.clock.advance(600_000);
  assertEquals((await refusal).reason, "TooManyRequests");
  assertEquals(never.requests.length, 5);
});

Deno.test("client: other refusals are told at once", async () => {
  for (const status of [400, 403, 404, 409, 410, 422, 500, 503]) {
    const h = harness([() => refused(status)]);
    assertEquals((await assertRejects(() => h.api.get(configMaps, "ns", "a"), KubeApiError)).status, status);
    assertEquals(h.requests.length, 1);
  }
});

Deno.test("client: no answer within 20 s is unreachable, and the next request gets new connections", async () => {
  const h = harness([silence]);
  const error = assertRejects(() => h.api.get(configMaps, "ns", "a"), KubeUnreachableError);
  await h.clock.advance(19_999);
  assertEquals(h.renewals(), 0);
  await h.clock.advance(1);
  const { how, message } = await error;
  assertEquals(how, "silent");
  assertEquals(
    message,
    "API server https://10.0.0.1:6443, GET /api/v1/namespaces/ns/configmaps/a: no answer within 20 s",
  );
  assertEquals([h.renewals(), h.clock.pending], [1, 0]);
});

Deno.test("client: a broken connection says what broke", async () => {
  const error = await assertRejects(() => harness([]).api.list(configMaps, nameOf), KubeUnreachableError);
  assertEquals(error.message, "API server https://10.0.0.1:6443, GET /api/v1/configmaps: Connection refused");
  assert(error.cause instanceof TypeError);
});

Deno.test("client: an answer that isn't JSON is not quoted: it may hold a Secret", async () => {
  const h = harness([() => new Response('{"data":{"password":"hidden"')]);
  const error = await assertRejects(() => h.api.get(configMaps, "ns", "a"), KubeUnreachableError);
  assertEquals(error.message.includes("hidden"), false);
});

Deno.test("client: an abort is the caller's own reason", async () => {
  const h = harness([silence]);
  const abort = new AbortController();
  const error = assertRejects(() => h.api.get(configMaps, "ns", "a", abort.signal), Error, "enough");
  await quiet();
  abort.abort(new Error("enough"));
  await error;
  assertEquals(h.clock.pending, 0);
});

Deno.test("client: refused credentials are asked for again, once, where they can be renewed", async () => {
  let rejected = 0;
  const h = harness([() => refused(401), () => json({})], { rejected: () => void rejected++ });
  await h.api.get(configMaps, "ns", "a");
  assertEquals([rejected, h.requests.length], [1, 2]);
  const never = harness([() => refused(401), () => refused(401)], { rejected: () => {} });
  assertEquals((await assertRejects(() => never.api.get(configMaps, "ns", "a"), KubeApiError)).status, 401);
  const fixed = harness([() => refused(401)]);
  await assertRejects(() => fixed.api.get(configMaps, "ns", "a"), KubeApiError);
  assertEquals(fixed.requests.length, 1);
});

Deno.test("watch: asks for bookmarks and an end, and tells events as they come", async () => {
  const s = stream();
  const h = harness([s.answer]);
  const w = collect(h);
  await quiet();
  assertEquals(
    h.requests[0]?.path,
    "/api/v1/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=25",
  );
  s.send({ type: "ADDED", object: object("a", "6") }, { type: "MODIFIED", object: object("a", "7") });
  s.raw('{"type":"DELETED","object":{"metadata":{"na');
  await quiet();
  assertEquals(w.events.length, 2);
  s.raw('me":"a","resourceVersion":"8"}}}\n');
  s.send({ type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } }, {
    type: "NEW",
    object: object("x", "9"),
  });
  s.end();
  assertEquals(await w.ended, "ended");
  assertEquals(w.events, [
    { type: "added", object: "a", resourceVersion: "6" },
    { type: "modified", object: "a", resourceVersion: "7" },
    { type: "deleted", object: "a", resourceVersion: "8" },
    { type: "bookmark", resourceVersion: "9" },
  ]);
  assertEquals(h.clock.pending, 0);
});

Deno.test("watch: silence 5 s beyond the server's end is a dead connection; each byte counts", async () => {
  const s = stream();
  const h = harness([s.answer]);
  const w = collect(h, 20);
  await h.clock.advance(24_999);
  s.raw("\n");
  await h.clock.advance(24_999);
  assertEquals(h.renewals(), 0);
  await h.clock.advance(1);
  const error = await w.error;
  assert(error instanceof KubeUnreachableError);
  assertEquals([error.how, h.renewals(), h.clock.pending], ["silent", 1, 0]);
});

Deno.test("watch: silence before the answer counts too", async () => {
  const h = harness([silence]);
  const w = collect(h, 20);
  await h.clock.advance(25_000);
  assert((await w.error) instanceof KubeUnreachableError);
});

Deno.test("watch: an ERROR is the server's Status", async () => {
  const s = stream();
  const w = collect(harness([s.answer]));
  await quiet();
  s.send({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } });
  const error = await w.error;
  assert(error instanceof KubeApiError);
  assertEquals([error.status, error.reason], [410, "Expired"]);
});

Deno.test("watch: half an event, no JSON, or an object without resourceVersion is a broken watch", async () => {
  for (
    const text of [
      '{"type":"ADDED","obj',
      "<html>\n",
      '{"type":"ADDED","object":{"metadata":{}}}\n',
      "null\n",
    ]
  ) {
    const s = stream();
    const w = collect(harness([s.answer]));
    await quiet();
    s.raw(text);
    s.end();
    assert((await w.error) instanceof KubeUnreachableError, text);
  }
});

Deno.test("watch: a refusal is told with its Retry-After, and not repeated here", async () => {
  const h = harness([() => refused(429, { "retry-after": "3" })]);
  const error = await collect(h).error;
  assert(error instanceof KubeApiError);
  assertEquals([error.retryAfterMs, h.requests.length], [3_000, 1]);
});

Deno.test("watch: leaving the loop and aborting both end the request", async () => {
  const s = stream();
  const h = harness([s.answer]);
  const w = collect(h);
  await quiet();
  w.abort.abort(new Error("enough"));
  assertEquals(await w.ended, "ended");
  assert(h.requests[0]?.signal.aborted);
  const other = stream();
  const left = harness([other.answer]);
  const loop = (async () => {
    for await (const event of left.api.watch(configMaps, nameOf, { resourceVersion: "5" })) return event.type;
    return "nothing";
  })();
  await settle();
  other.send({ type: "ADDED", object: object("a", "6") });
  assertEquals(await loop, "added");
  assert(left.requests[0]?.signal.aborted);
  assertEquals(left.clock.pending, 0);
});
