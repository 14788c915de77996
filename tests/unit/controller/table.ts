/** Runs tables of rules: a cluster, perhaps a change, and what must be seen afterwards. */
import { assertEquals } from "@std/assert";
import { ControllerCluster } from "../../support/controllercluster.ts";

/** One rule. Services are named without their namespace when it is `default`. */
export interface Row {
  /** The section of the behaviour reference, and what holds. */
  readonly rule: string;
  /** --lb-class */
  readonly loadBalancerClass?: string;
  /** What there is when the controller starts. */
  readonly given: (cluster: ControllerCluster) => void;
  /** What happens afterwards, all at once; without it the start is judged. */
  readonly then?: (cluster: ControllerCluster) => void;
  /** status.loadBalancer.ingress */
  readonly ips?: Readonly<Record<string, readonly string[]>>;
  /** The annotation ip-allocated-from-pool. */
  readonly pools?: Readonly<Record<string, string>>;
  readonly refusals?: Readonly<Record<string, string | null>>;
  /** All that are recorded, in order, as in `web Normal IPAllocated`. */
  readonly events?: readonly string[];
  /** As in `4: 1/3, 6: 0/0`. */
  readonly counters?: Readonly<Record<string, string>>;
}

/** One test for each row; each also checks that nothing is left to do, now and after a restart. */
export function testRows(area: string, rows: readonly Row[]): void {
  for (const row of rows) {
    Deno.test(`${area}: ${row.rule}`, () => {
      const cluster = new ControllerCluster(row.loadBalancerClass);
      row.given(cluster);
      cluster.restart();
      cluster.settle();
      if (row.then !== undefined) {
        cluster.clear();
        row.then(cluster);
        cluster.settle();
      }
      compare(cluster, row);
      const events = cluster.events();
      assertEquals(cluster.settle(), [], "a second look writes");
      assertEquals(cluster.events(), events, "a second look tells something again");
      const before = everyAddress(cluster);
      cluster.restart();
      assertEquals(cluster.settle(), [], "a restart writes");
      assertEquals(everyAddress(cluster), before, "a restart moves an address");
    });
  }
}

function compare(cluster: ControllerCluster, row: Row): void {
  const read = <T>(names: Readonly<Record<string, unknown>> | undefined, of: (name: string) => T) =>
    names && Object.fromEntries(Object.keys(names).map((name) => [name, of(name)]));
  assertEquals(
    {
      ips: read(row.ips, (name) => cluster.ips(name)),
      pools: read(row.pools, (name) => cluster.poolOf(name)),
      refusals: read(row.refusals, (name) => cluster.refusal(name)),
      events: row.events && cluster.events(),
      counters: read(row.counters, (name) => cluster.counters(name)),
    },
    {
      ips: row.ips,
      pools: row.pools,
      refusals: row.refusals,
      events: row.events,
      counters: row.counters,
    } as never,
  );
}

function everyAddress(cluster: ControllerCluster): Record<string, readonly string[]> {
  return Object.fromEntries([...cluster.services.keys()].map((key) => [key, cluster.ips(key)]));
}
