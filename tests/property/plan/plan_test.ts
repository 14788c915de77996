/** What must hold for any cluster: a plan that came true changes nothing, and it is what the controller does. */
import { assert, assertEquals } from "@std/assert";
import { trimNamespace } from "../../../core/namespace.ts";
import { parseIp } from "../../../core/ip.ts";
import { parsePrefix, prefixContains } from "../../../core/prefix.ts";
import { type HandledService, type Plan, serviceKey } from "../../../core/plan/plan.ts";
import { readManifest } from "../../../core/plan/readmanifest.ts";
import { withServiceDefaults } from "../../../core/plan/servicedefaults.ts";
import { trimService } from "../../../core/service.ts";
import { trimIPAddressPool } from "../../../crds/ipaddresspool.ts";
import type { Manifest } from "../../golden/plan/manifests.ts";
import { ControllerCluster } from "../../support/controllercluster.ts";
import { planOf } from "../../support/plan.ts";
import { seededRandom } from "../../support/seededrandom.ts";
import { type ChanceCluster, chanceCluster } from "./clusters.ts";

const clusters = 250;

function forEachCluster(look: (cluster: ChanceCluster, random: () => number) => void): void {
  for (let seed = 1; seed <= clusters; seed++) {
    const random = seededRandom(seed);
    try {
      look(chanceCluster(random), random);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
}

Deno.test(`plan: what it says, fed back as statuses, is what it says again (${clusters} clusters)`, () => {
  let addresses = 0;
  forEachCluster(({ services, others }) => {
    const first = planOf([...services, ...others]);
    const fulfilled = services.map((service) => withIps(service, first.plan));
    const second = planOf([...fulfilled, ...others]);
    assertEquals(lasting(second.plan), lasting(first.plan));
    assertEquals(second.allWell, first.allWell);
    addresses += handled(first.plan).flatMap(({ ips }) => ips).length;
  });
  assert(addresses > clusters, `only ${addresses} addresses were given in all`);
});

Deno.test(`plan: its addresses are those that a controller writes (${clusters} clusters)`, () => {
  forEachCluster(({ services, others }) => {
    const { plan } = planOf([...services, ...others]);
    const cluster = controllerOf(services, others);
    cluster.settle();
    for (const service of handled(plan)) assertEquals(cluster.ips(serviceKey(service)), service.ips);
    for (const { name, assignedIPv4, availableIPv4, assignedIPv6, availableIPv6 } of plan.pools) {
      assertEquals(
        cluster.counters(name),
        `4: ${assignedIPv4}/${availableIPv4}, 6: ${assignedIPv6}/${availableIPv6}`,
      );
    }
  });
});

Deno.test(`plan: the order in which objects are given changes nothing (${clusters} clusters)`, () => {
  forEachCluster(({ services, others }, random) => {
    const objects = [...services, ...others];
    const shuffled = objects.map((object) => ({ object, at: random() })).sort((a, b) => a.at - b.at);
    assertEquals(planOf(shuffled.map(({ object }) => object)), planOf(objects));
  });
});

Deno.test(`plan: what is announced fits together (${clusters} clusters)`, () => {
  let routes = 0;
  forEachCluster(({ services, others }) => {
    for (const service of handled(planOf([...services, ...others]).plan)) {
      const { layer2, bgp } = service;
      const owners = layer2.nodes.filter(({ verdict }) => verdict === "owner").map(({ node }) => node);
      assertEquals(owners, layer2.owner === null ? [] : [layer2.owner]);
      assertEquals(layer2.owner === null, layer2.refusal !== null);
      for (const { verdict, reason } of layer2.nodes) assertEquals(verdict === "excluded", reason !== null);

      const announcing = bgp.nodes.filter(({ verdict }) => verdict === "announces").map(({ node }) => node);
      assertEquals([...new Set(bgp.routes.map(({ node }) => node))], announcing);
      assertEquals(announcing.length === 0, bgp.refusal !== null);
      for (const { prefix } of bgp.routes) assert(service.ips.some((ip) => holds(prefix, ip)), prefix);
      routes += bgp.routes.length;
    }
  });
  assert(routes > clusters, `only ${routes} routes in all`);
});

function handled({ services }: Plan): HandledService[] {
  return services.filter((service) => service.handled);
}

function withIps(service: Manifest, plan: Plan): Manifest {
  const { namespace, name } = service.metadata;
  const planned = handled(plan).find((one) => one.namespace === namespace && one.name === name);
  if (planned === undefined) return service;
  return { ...service, status: { loadBalancer: { ingress: planned.ips.map((ip) => ({ ip })) } } };
}

/**
 * Events tell of changes. And of several reasons to refuse a request the one that is told may be another one when its
 * address has found another holder meanwhile.
 */
function lasting(plan: Plan): unknown {
  const services = plan.services.map((service) =>
    service.handled ? { ...service, events: [], refusal: service.refusal !== null } : service
  );
  return { ...plan, services };
}

function holds(prefix: string, text: string): boolean {
  const [network, ip] = [parsePrefix(prefix), parseIp(text)];
  return network !== null && ip !== null && prefixContains(network, ip);
}

/** A controller that has these objects and nothing else. */
function controllerOf(services: readonly Manifest[], others: readonly Manifest[]): ControllerCluster {
  const cluster = new ControllerCluster();
  const read = (object: Manifest) => readManifest(object, { source: "test", line: null });
  for (const object of services) {
    const service = trimService(withServiceDefaults(read(object)));
    cluster.services.set(`${service.namespace}/${service.name}`, { ...service, resourceVersion: "1" });
  }
  for (const object of others) {
    if (object.kind === "IPAddressPool") {
      const pool = trimIPAddressPool(read(object));
      cluster.pools.set(pool.name, { ...pool, resourceVersion: "1" });
    } else if (object.kind === "Namespace") {
      const namespace = trimNamespace(read(object));
      cluster.namespaces.set(namespace.name, namespace);
    }
  }
  cluster.restart();
  return cluster;
}
