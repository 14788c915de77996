/** The small pure pieces below the client: paths, lines, Statuses, times. */
import { assertEquals, assertThrows } from "@std/assert";
import { LineSplitter, LineTooLongError } from "../../../kube/lines.ts";
import { apiVersionOf, collectionPath, objectPath, withQuery } from "../../../kube/paths.ts";
import { configMaps, ipAddressPools, nodes } from "../../../kube/resources.ts";
import { errorOfResponse, errorOfStatus, retryAfterToMs } from "../../../kube/status.ts";
import { kubeMicroTime, kubeTime } from "../../../kube/times.ts";

Deno.test("paths: core and named groups, all namespaces and one, subresources", () => {
  assertEquals(collectionPath(configMaps), "/api/v1/configmaps");
  assertEquals(collectionPath(configMaps, "a"), "/api/v1/namespaces/a/configmaps");
  assertEquals(collectionPath(nodes, "ignored"), "/api/v1/nodes");
  assertEquals(
    objectPath(ipAddressPools, "ns", "p", "status"),
    "/apis/metallb.io/v1beta1/namespaces/ns/ipaddresspools/p/status",
  );
  assertEquals(apiVersionOf(configMaps), "v1");
  assertEquals(apiVersionOf(ipAddressPools), "metallb.io/v1beta1");
});

Deno.test("paths: a name can't lead elsewhere", () => {
  assertEquals(objectPath(configMaps, "a/b", "../c"), "/api/v1/namespaces/a%2Fb/configmaps/..%2Fc");
  for (const name of ["", ".", ".."]) {
    assertThrows(() => objectPath(nodes, undefined, name), TypeError, "not a name");
  }
  assertThrows(() => objectPath(configMaps, undefined, "a"), TypeError, "needs a namespace");
  assertThrows(() => objectPath(configMaps, "", "a"), TypeError, "needs a namespace");
});

Deno.test("paths: queries leave out what is not given", () => {
  assertEquals(withQuery("/p", {}), "/p");
  assertEquals(
    withQuery("/p", { a: undefined, b: "", c: 0, d: true, e: "x=y,z" }),
    "/p?c=0&d=true&e=x%3Dy%2Cz",
  );
});

Deno.test("lines: any split of the bytes gives the same lines", () => {
  const bytes = new TextEncoder().encode('{"a":"ß"}\n\n{"b":"€𝄞"}\nrest');
  for (let size = 1; size <= bytes.length; size++) {
    const splitter = new LineSplitter(100);
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      lines.push(...splitter.push(bytes.subarray(at, at + size)));
    }
    assertEquals(lines, ['{"a":"ß"}', '{"b":"€𝄞"}']);
    assertEquals(splitter.unfinished, true);
  }
});

Deno.test("lines: a line may be as long as the bound, and not a byte longer", () => {
  const splitter = new LineSplitter(4);
  assertEquals(splitter.push(new TextEncoder().encode("1234\n12")), ["1234"]);
  assertEquals(splitter.push(new TextEncoder().encode("34\n")), ["1234"]);
  assertEquals(splitter.unfinished, false);
  splitter.push(new TextEncoder().encode("123"));
  assertThrows(() => splitter.push(new TextEncoder().encode("45")), LineTooLongError, "longer than 4 bytes");
});

Deno.test("lines: what isn't UTF-8 is refused", () => {
  assertThrows(() => new LineSplitter(9).push(new Uint8Array([0xff, 10])), TypeError);
});

Deno.test("status: a Status in the answer keeps its reason and text", () => {
  const body = JSON.stringify({ kind: "Status", code: 409, reason: "AlreadyExists", message: "it exists" });
  const error = errorOfResponse("POST /x", 409, null, body, 0);
  assertEquals([error.status, error.reason, error.message], [
    409,
    "AlreadyExists",
    "POST /x: 409: it exists",
  ]);
  assertEquals(error.retryAfterMs, undefined);
});

Deno.test("status: other answers get the usual reason and are shown in part", () => {
  const error = errorOfResponse("GET /x", 503, "7", `<html>${"x".repeat(5_000)}`, 0);
  assertEquals([error.reason, error.retryAfterMs], ["ServiceUnavailable", 7_000]);
  assertEquals(error.message.length < 250, true);
  assertEquals(errorOfResponse("GET /x", 418, null, "", 0).message, "GET /x: 418: no explanation given");
  assertEquals(errorOfResponse("GET /x", 418, null, "[]", 0).reason, "Unknown");
});

Deno.test("status: in a watch", () => {
  const error = errorOfStatus("GET /x", { code: 410, reason: "Expired", message: "old", details: {} });
  assertEquals([error.status, error.reason], [410, "Expired"]);
  assertEquals(errorOfStatus("GET /x", { code: 429, details: { retryAfterSeconds: 2 } }).retryAfterMs, 2_000);
  assertEquals(errorOfStatus("GET /x", null).status, 500);
});

Deno.test("status: Retry-After in seconds or as a date, never negative, never for hours", () => {
  const now = Date.UTC(2030, 0, 1);
  const ms = (value: string | null) => retryAfterToMs(value, now);
  assertEquals(["5", " 0 ", "99999"].map(ms), [5_000, 0, 300_000]);
  assertEquals(["Tue, 01 Jan 2030 00:00:10 GMT", "Mon, 01 Jan 2029 00:00:00 GMT"].map(ms), [10_000, 0]);
  assertEquals([null, "", "soon"].map(ms), [undefined, undefined, undefined]);
});

Deno.test("times: as metav1.Time and metav1.MicroTime want them", () => {
  const ms = Date.UTC(2030, 0, 2, 3, 4, 5, 67);
  assertEquals(kubeTime(ms), "2030-01-02T03:04:05Z");
  assertEquals(kubeMicroTime(ms), "2030-01-02T03:04:05.067000Z");
});
