/** What the controller takes for news. */
import { assertEquals } from "@std/assert";
import { World } from "../../../controller/world.ts";
import { trimMeta } from "../../../core/meta.ts";
import { testPool, testService } from "../../support/controllerobjects.ts";

const none = { services: new Set<string>(), pools: false };
const web = (revision: number, uid = "one") => testService("default/web", { uid }, undefined, revision);
const changedWeb = { services: new Set(["default/web"]), pools: false };

function worldWith(...revisions: readonly number[]): World {
  const world = new World("metallb-system");
  for (const revision of revisions) world.take({ kind: "service", type: "changed", object: web(revision) });
  world.takeChanges();
  return world;
}

Deno.test("world: complete when every kind was listed", () => {
  const world = new World("metallb-system");
  for (const kind of ["service", "pool", "namespace"] as const) {
    assertEquals(world.complete, false);
    world.take({ kind, type: "synced", items: [] });
  }
  assertEquals(world.complete, true);
});

Deno.test("world: the same resourceVersion is no news", () => {
  const world = worldWith(5);
  world.take({ kind: "service", type: "changed", object: web(5) });
  assertEquals(world.takeChanges(), none);
});

Deno.test("world: what was read outside of the watch counts when it is newer", () => {
  const world = worldWith(9);
  world.take({ kind: "service", type: "reread", object: web(8) });
  assertEquals(world.takeChanges(), none);
  world.take({ kind: "service", type: "reread", object: web(10) });
  assertEquals(world.takeChanges(), changedWeb);
  // The watch comes later with what is known already.
  world.take({ kind: "service", type: "changed", object: web(9) });
  world.take({ kind: "service", type: "changed", object: web(10) });
  assertEquals(world.takeChanges(), none);
  assertEquals(world.services.get("default/web")?.resourceVersion, "10");
});

Deno.test("world: what was read outside of the watch doesn't bring back what is gone", () => {
  const world = worldWith(5);
  world.take({ kind: "service", type: "deleted", object: web(6) });
  assertEquals(world.takeChanges(), changedWeb);
  world.take({ kind: "service", type: "reread", object: web(5) });
  assertEquals([world.takeChanges(), world.services.size], [none, 0]);
});

Deno.test("world: the end of an object's predecessor is not its own", () => {
  const world = worldWith(5);
  world.take({ kind: "service", type: "changed", object: web(8, "two") });
  world.takeChanges();
  world.take({ kind: "service", type: "deleted", object: web(7, "one") });
  assertEquals([world.takeChanges(), world.services.size], [none, 1]);
});

Deno.test("world: a list is the whole truth, also when it is older", () => {
  const world = worldWith(9);
  world.take({ kind: "service", type: "synced", items: [web(3)] });
  assertEquals([world.takeChanges(), world.services.get("default/web")?.resourceVersion], [changedWeb, "3"]);
  world.take({ kind: "service", type: "synced", items: [] });
  assertEquals([world.takeChanges(), world.services.size], [changedWeb, 0]);
});

Deno.test("world: counters of a pool are no reason to decide about everybody", () => {
  const world = new World("metallb-system");
  const pool = testPool("main", ["192.0.2.0/24"], undefined, 1);
  world.take({ kind: "pool", type: "changed", object: pool });
  assertEquals(world.takeChanges().pools, true);
  const status = { assignedIPv4: 1n, assignedIPv6: 0n, availableIPv4: 255n, availableIPv6: 0n };
  world.take({ kind: "pool", type: "changed", object: { ...pool, resourceVersion: "2", status } });
  assertEquals([world.takeChanges().pools, world.pools.get("metallb-system/main")?.status], [false, status]);
  world.take({ kind: "pool", type: "changed", object: testPool("main", ["192.0.2.0/25"], pool, 3) });
  assertEquals(world.takeChanges().pools, true);
});

Deno.test("world: namespaces are news when their labels change and a pool selects by them", () => {
  const world = new World("metallb-system");
  let revision = 0;
  const take = (labels: Record<string, string>) => {
    const object = { ...trimMeta({ name: "default" }), labels, resourceVersion: String(++revision) };
    world.take({ kind: "namespace", type: "changed", object });
    return world.takeChanges().pools;
  };
  assertEquals(take({ team: "a" }), false);
  const namespaceSelectors = [{ matchLabels: { team: "a" } }];
  const spec = { addresses: ["192.0.2.0/24"], serviceAllocation: { namespaceSelectors } };
  world.take({ kind: "pool", type: "changed", object: testPool("main", spec, undefined, 1) });
  world.takeChanges();
  assertEquals([take({ team: "a" }), take({ team: "b" }), take({ team: "b", more: "x" })], [
    false,
    true,
    true,
  ]);
});
