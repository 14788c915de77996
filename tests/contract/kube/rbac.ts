/** What a user may not do is refused, and said. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Resource } from "../../../kube/api.ts";
import { systemClock } from "../../../kube/clock.ts";
import { keepNodeLease } from "../../../kube/nodelease.ts";
import { configMaps, leases, services } from "../../../kube/resources.ts";
import {
  configMap,
  type ContractCase,
  eventually,
  type Loose,
  refusal,
  service,
  type World,
} from "./world.ts";

const rbac = (plural: string, kind: string): Resource => ({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  plural,
  kind,
  namespaced: true,
});

/** Lets the user `limited` do this in the case's namespace. */
async function grant(
  { api, namespace }: World,
  apiGroup: string,
  resources: string[],
  verbs: string[],
  resourceNames: string[] = [],
): Promise<void> {
  const name = `may-${resources.join("-").replaceAll("/", "-")}`;
  const rule = {
    apiGroups: [apiGroup],
    resources,
    verbs,
    ...(resourceNames.length === 0 ? {} : { resourceNames }),
  };
  const role = { metadata: { namespace, name }, rules: [rule] };
  await api.create(rbac("roles", "Role"), role);
  const binding = {
    metadata: { namespace, name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "limited" }],
  };
  await api.create(rbac("rolebindings", "RoleBinding"), binding);
}

const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name;

export const rbacCases: readonly ContractCase[] = [
  {
    name: "who is unknown is refused: 401 Unauthorized",
    run: async (world) => {
      const api = world.client({ token: "of-nobody" });
      assertEquals(
        await refusal(api.list(configMaps, nameOf, { namespace: world.namespace })),
        "401 Unauthorized",
      );
    },
  },
  {
    name: "what no role allows is refused: 403 Forbidden, naming user, verb and resource",
    run: async (world) => {
      const { namespace, server } = world;
      const api = world.client({ token: server.limitedToken });
      const watched = async () => {
        for await (const _ of api.watch(configMaps, nameOf, { namespace, resourceVersion: "0" })) return;
      };
      for (
        const work of [
          () => api.list(configMaps, nameOf, { namespace }),
          () => api.list(configMaps, nameOf),
          watched,
          () => api.get(configMaps, namespace, "a"),
          () => api.create(configMaps, configMap(namespace, "a")),
          () => api.patch(configMaps, namespace, "a", {}, { type: "merge" }),
          () => api.delete(configMaps, namespace, "a"),
        ]
      ) assertEquals(await refusal(work()), "403 Forbidden");
      const error = await api.list(services, nameOf, { namespace }).catch((error: unknown) => error);
      assertMatch(String(error), /"limited" cannot list resource "services"/);
    },
  },
  {
    name: "a role allows what it names, where it is bound",
    run: async (world) => {
      const { namespace, server } = world;
      const api = world.client({ token: server.limitedToken });
      await grant(world, "", ["configmaps"], ["create", "list"]);
      await eventually(
        "the role counts",
        () => api.list(configMaps, nameOf, { namespace }).then(() => true, () => false),
      );
      await api.create(configMaps, configMap(namespace, "a"));
      assertEquals(await refusal(api.get(configMaps, namespace, "a")), "403 Forbidden");
      assertEquals(await refusal(api.list(configMaps, nameOf, { namespace: "default" })), "403 Forbidden");
    },
  },
  {
    name: "a role for one name allows to list and watch that one, selected by its name",
    run: async (world) => {
      const { namespace, server } = world;
      for (const name of ["a", "b"]) await world.api.create(configMaps, configMap(namespace, name));
      const api = world.client({ token: server.limitedToken });
      await grant(world, "", ["configmaps"], ["list", "watch"], ["a"]);
      const list = (fieldSelector: string) => api.list(configMaps, nameOf, { namespace, fieldSelector });
      await eventually("the role counts", () => list("metadata.name=a").then(() => true, () => false));
      const { items, resourceVersion } = await list("metadata.name=a");
      assertEquals(items, ["a"]);
      const abort = new AbortController();
      world.after(() => abort.abort());
      const scope = { namespace, fieldSelector: "metadata.name=a", resourceVersion, signal: abort.signal };
      const first = (async () => {
        for await (const event of api.watch(configMaps, nameOf, scope)) {
          if (event.type !== "bookmark") return `${event.type} ${event.object}`;
        }
        return "nothing";
      })();
      await world.api.patch(configMaps, namespace, "b", { data: { n: "1" } }, { type: "merge" });
      await world.api.patch(configMaps, namespace, "a", { data: { n: "1" } }, { type: "merge" });
      assertEquals(await first, "modified a");
      for (const selector of ["metadata.name=b", ""]) {
        assertEquals(await refusal(list(selector)), "403 Forbidden");
      }
    },
  },
  {
    name: "the status subresource has a permission of its own",
    run: async (world) => {
      const { namespace, server } = world;
      const made = await world.api.create(services, service(namespace, "a"));
      const api = world.client({ token: server.limitedToken });
      await grant(world, "", ["services/status"], ["update", "patch"]);
      const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };
      await eventually(
        "the role counts",
        () =>
          api.patch(services, namespace, "a", { status }, { type: "merge", subresource: "status" })
            .then(() => true, () => false),
      );
      assertEquals(await refusal(api.replace<Loose>(services, made)), "403 Forbidden");
      assertEquals(
        await refusal(api.patch(services, namespace, "a", {}, { type: "merge" })),
        "403 Forbidden",
      );
    },
  },
  {
    name: "a speaker that may not write its Lease says so once and lives on",
    run: async (world) => {
      const { namespace, server, log, records } = world;
      const abort = new AbortController();
      const done = keepNodeLease({
        api: world.client({ token: server.limitedToken }),
        clock: systemClock,
        random: Math.random,
        log,
        namespace,
        nodeName: "n1",
        leaseDurationMs: 3_000,
        renewIntervalMs: 10,
      }, abort.signal);
      await eventually("the log says so", () => records.length > 0);
      abort.abort();
      await done;
      assertEquals(records.map(({ event }) => event.name), ["leaseForbidden"]);
      const { items } = await world.api.list(leases, nameOf, { namespace });
      assertEquals(items, []);
    },
  },
];
