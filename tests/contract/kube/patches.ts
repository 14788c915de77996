/** The patch types. */
import { assertEquals } from "@std/assert";
import { configMaps, services } from "../../../kube/resources.ts";
import { configMap, type ContractCase, type Loose, refusal, service, type World } from "./world.ts";

const dataOf = (object: Loose) => object["data"];

async function patched(
  { api, namespace }: World,
  type: "json" | "merge" | "strategic",
  patch: unknown,
): Promise<unknown> {
  return dataOf(await api.patch<Loose>(configMaps, namespace, "a", patch, { type }));
}

export const patchCases: readonly ContractCase[] = [
  {
    name: "JSON patch (RFC 6902) adds, removes, replaces and tests",
    run: async (world) => {
      const { api, namespace } = world;
      await api.create(configMaps, configMap(namespace, "a", { x: "1", y: "2" }));
      const result = await patched(world, "json", [
        { op: "test", path: "/data/x", value: "1" },
        { op: "replace", path: "/data/x", value: "3" },
        { op: "remove", path: "/data/y" },
        { op: "add", path: "/data/z", value: "4" },
        { op: "add", path: "/metadata/annotations", value: {} },
        { op: "add", path: "/metadata/annotations/example.com~1a", value: "5" },
      ]);
      assertEquals(result, { x: "3", z: "4" });
      const failing = patched(world, "json", [{ op: "test", path: "/data/x", value: "other" }]);
      assertEquals(await refusal(failing), "422 Invalid");
      const read = await api.get<Loose>(configMaps, namespace, "a");
      assertEquals(dataOf(read), { x: "3", z: "4" });
      assertEquals(read.metadata.annotations, { "example.com/a": "5" });
    },
  },
  {
    name: "merge patch (RFC 7386) sets, and null removes",
    run: async (world) => {
      await world.api.create(configMaps, configMap(world.namespace, "a", { x: "1", y: "2" }));
      assertEquals(await patched(world, "merge", { data: { x: null, z: "3" } }), { y: "2", z: "3" });
    },
  },
  {
    name: "merge patch replaces lists, strategic merge patch merges them by key",
    run: async ({ api, namespace }) => {
      const ports = [{ name: "http", port: 80, protocol: "TCP" }, {
        name: "https",
        port: 443,
        protocol: "TCP",
      }];
      await api.create(services, service(namespace, "a", { type: "ClusterIP", ports }));
      const portsAfter = async (type: "merge" | "strategic", ports: unknown) => {
        const { spec } = await api.patch<Loose>(services, namespace, "a", { spec: { ports } }, { type });
        return (spec as { ports: { name: string; port: number }[] }).ports.map(({ name, port }) =>
          `${name} ${port}`
        )
          .sort();
      };
      assertEquals(await portsAfter("strategic", [{ name: "dns", port: 53, protocol: "TCP" }]), [
        "dns 53",
        "http 80",
        "https 443",
      ]);
      assertEquals(await portsAfter("strategic", [{ $patch: "delete", port: 80 }]), ["dns 53", "https 443"]);
      assertEquals(await portsAfter("merge", [{ name: "only", port: 1, protocol: "TCP" }]), ["only 1"]);
    },
  },
  {
    name: "a patch with an old resourceVersion is refused: 409 Conflict",
    run: async (world) => {
      const { metadata } = await world.api.create(configMaps, configMap(world.namespace, "a", { n: "1" }));
      await patched(world, "merge", { data: { n: "2" } });
      const { resourceVersion } = metadata;
      for (const type of ["merge", "strategic"] as const) {
        const stale = patched(world, type, { metadata: { resourceVersion }, data: { n: "3" } });
        assertEquals(await refusal(stale), "409 Conflict");
      }
    },
  },
  {
    name: "server-side apply creates, owns fields, refuses another's and takes them by force",
    run: async ({ api, namespace }) => {
      const object = (data: Record<string, string>) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "a", namespace },
        data,
      });
      const apply = (fieldManager: string, data: Record<string, string>, force = false) =>
        api.patch<Loose>(configMaps, namespace, "a", object(data), { type: "apply", fieldManager, force });
      assertEquals(dataOf(await apply("one", { x: "1", y: "1" })), { x: "1", y: "1" });
      assertEquals(dataOf(await apply("two", { z: "2" })), { x: "1", y: "1", z: "2" });
      assertEquals(await refusal(apply("two", { x: "2" })), "409 Conflict");
      assertEquals(dataOf(await apply("two", { x: "2" }, true)), { x: "2", y: "1" });
      assertEquals(dataOf(await apply("one", { y: "1" })), { x: "2", y: "1" });
    },
  },
  {
    name: "a patch that makes the object invalid is refused: 422 Invalid",
    run: async ({ api, namespace }) => {
      await api.create(services, service(namespace, "a"));
      const patch = { spec: { ports: [{ port: 70_000 }] } };
      assertEquals(
        await refusal(api.patch(services, namespace, "a", patch, { type: "merge" })),
        "422 Invalid",
      );
    },
  },
];
