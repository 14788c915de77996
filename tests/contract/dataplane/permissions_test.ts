/** What the Worker may do decides whether it starts; that it needs no more is shown by every test on Linux here. */
import { assert, assertEquals } from "@std/assert";
import type { Fact } from "../../../speaker/dataplane.ts";
import { JsonLinesProcess } from "../../support/jsonlines.ts";
import { poll } from "../../support/netsandbox.ts";
import { deno, hostModule, workerPermissions } from "./linuxharness.ts";

/** The first facts of a data plane that is stopped as soon as it started, with these permissions. */
async function facts(permissions: readonly string[]): Promise<Fact[]> {
  const facts: Fact[] = [];
  const host = new JsonLinesProcess<Fact>([...deno, ...permissions, hostModule], (fact) => facts.push(fact));
  try {
    host.send({ type: "readCounters", id: 1 });
    await poll("a fact", () => facts.length > 0);
    return facts;
  } finally {
    await host.kill();
  }
}

Deno.test("data plane: libc's two paths and its own code are all it needs", async () => {
  assertEquals(await facts(workerPermissions), [{ type: "counters", id: 1, vips: [], ignored: {} }]);
});

Deno.test("data plane: without FFI it fails, and says what is missing", async () => {
  const [fact] = await facts(workerPermissions.filter((permission) => !permission.startsWith("--allow-ffi")));
  assert(fact?.type === "failed", JSON.stringify(fact));
  assert(fact.message.includes("ffi"), fact.message);
});
