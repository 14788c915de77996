/** The status subresource: who writes one side doesn't touch the other. */
import { assert, assertEquals } from "@std/assert";
import { services } from "../../../kube/resources.ts";
import { type ContractCase, type Loose, refusal, service } from "./world.ts";

const status = (ip: string) => ({ loadBalancer: { ingress: [{ ip, ipMode: "VIP" }] } });
const ingressOf = (object: Loose) =>
  (object["status"] as { loadBalancer?: { ingress?: { ip: string }[] } } | undefined)?.loadBalancer?.ingress
    ?.map(({ ip }) => ip) ?? [];

export const statusCases: readonly ContractCase[] = [
  {
    name: "status is written through its subresource only: by PUT",
    run: async ({ api, namespace }) => {
      const made = await api.create(services, { ...service(namespace, "a"), status: status("192.0.2.1") });
      assertEquals(ingressOf(made), []);
      const ignored = await api.replace(services, { ...made, status: status("192.0.2.2") });
      assertEquals(ingressOf(ignored), []);
      const written = await api.replace(services, { ...ignored, status: status("192.0.2.3") }, {
        subresource: "status",
      });
      assertEquals(ingressOf(written), ["192.0.2.3"]);
      const kept = await api.replace(services, { ...written, status: {} });
      assertEquals(ingressOf(kept), ["192.0.2.3"]);
    },
  },
  {
    name: "and by PATCH, which leaves everything else alone",
    run: async ({ api, namespace }) => {
      const made = await api.create(services, service(namespace, "a"));
      const patch = { spec: { loadBalancerIP: "198.51.100.1" }, status: status("192.0.2.3") };
      const written = await api.patch<Loose>(services, namespace, "a", patch, {
        type: "merge",
        subresource: "status",
      });
      assertEquals(ingressOf(written), ["192.0.2.3"]);
      assertEquals(written["spec"], made["spec"]);
      const main = await api.patch<Loose>(services, namespace, "a", { status: status("192.0.2.4") }, {
        type: "merge",
      });
      assertEquals(ingressOf(main), ["192.0.2.3"]);
    },
  },
  {
    name: "a status that was decided on an older object is refused: 409 Conflict",
    run: async ({ api, namespace }) => {
      const made = await api.create(services, service(namespace, "a"));
      await api.patch(services, namespace, "a", { metadata: { labels: { a: "b" } } }, { type: "merge" });
      const stale = { ...made, status: status("192.0.2.1") };
      assertEquals(await refusal(api.replace(services, stale, { subresource: "status" })), "409 Conflict");
      const { resourceVersion } = made.metadata;
      const patch = { metadata: { resourceVersion }, status: status("192.0.2.1") };
      const patched = api.patch(services, namespace, "a", patch, { type: "merge", subresource: "status" });
      assertEquals(await refusal(patched), "409 Conflict");
      assertEquals(ingressOf(await api.get<Loose>(services, namespace, "a")), []);
    },
  },
  {
    name: "an address that is none is refused: 422 Invalid",
    run: async ({ api, namespace }) => {
      const made = await api.create(services, service(namespace, "a"));
      const bad = { ...made, status: status("192.0.2.999") };
      assertEquals(await refusal(api.replace(services, bad, { subresource: "status" })), "422 Invalid");
    },
  },
  {
    name: "a Service without a controller has its defaults and an empty status",
    run: async ({ api, namespace }) => {
      const made = await api.create(services, service(namespace, "a"));
      const spec = made["spec"] as Record<string, unknown>;
      assertEquals(spec["externalTrafficPolicy"], "Cluster");
      assertEquals(spec["allocateLoadBalancerNodePorts"], true);
      assertEquals(spec["ipFamilyPolicy"], "SingleStack");
      assertEquals((spec["clusterIPs"] as string[]).length, 1);
      assert(spec["loadBalancerClass"] === undefined);
      assertEquals(made["status"], { loadBalancer: {} });
    },
  },
];
