/** Create, read, replace, delete. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { configMaps, nodes } from "../../../kube/resources.ts";
import { configMap, type ContractCase, type Loose, refusal } from "./world.ts";

export const crudCases: readonly ContractCase[] = [
  {
    name: "what is created can be read, listed and deleted",
    run: async ({ api, namespace }) => {
      const made = await api.create(configMaps, configMap(namespace, "a", { key: "välue" }));
      assertEquals(made["data"], { key: "välue" });
      assertEquals(made.apiVersion, "v1");
      assertEquals(made.kind, "ConfigMap");
      assertMatch(made.metadata.uid ?? "", /^[0-9a-f-]{36}$/);
      assertMatch(made.metadata.resourceVersion ?? "", /^\d+$/);
      assertMatch(made.metadata.creationTimestamp ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const read = await api.get<Loose>(configMaps, namespace, "a");
      assertEquals(read, made);
      const listed = await api.list(configMaps, ({ metadata }) => metadata.name, { namespace });
      assert(listed.items.includes("a"));
      await api.delete(configMaps, namespace, "a");
      assertEquals(await refusal(api.get(configMaps, namespace, "a")), "404 NotFound");
      assertEquals(await refusal(api.delete(configMaps, namespace, "a")), "404 NotFound");
    },
  },
  {
    name: "cluster-wide objects have no namespace",
    run: async ({ api, namespace }) => {
      const node: Loose = { metadata: { name: `node-of-${namespace}`, labels: { zone: "a" } } };
      const made = await api.create(nodes, node);
      assertEquals(made.metadata.namespace, undefined);
      assertEquals((await api.get(nodes, undefined, node.metadata.name)).metadata.labels?.["zone"], "a");
      await api.delete(nodes, undefined, node.metadata.name);
    },
  },
  {
    name: "a name is given once: 409 AlreadyExists",
    run: async ({ api, namespace }) => {
      await api.create(configMaps, configMap(namespace, "a"));
      assertEquals(await refusal(api.create(configMaps, configMap(namespace, "a"))), "409 AlreadyExists");
    },
  },
  {
    name: "replacing needs the current resourceVersion: 409 Conflict",
    run: async ({ api, namespace }) => {
      const first = await api.create(configMaps, configMap(namespace, "a", { n: "1" }));
      const second = await api.replace(configMaps, { ...first, data: { n: "2" } });
      assertNotEquals(second.metadata.resourceVersion, first.metadata.resourceVersion);
      assertEquals(await refusal(api.replace(configMaps, { ...first, data: { n: "3" } })), "409 Conflict");
      const read = await api.get<Loose>(configMaps, namespace, "a");
      assertEquals(read["data"], { n: "2" });
    },
  },
  {
    name: "a write that changes nothing keeps the resourceVersion",
    run: async ({ api, namespace }) => {
      const made = await api.create(configMaps, configMap(namespace, "a", { n: "1" }));
      const same = await api.replace(configMaps, made);
      assertEquals(same.metadata.resourceVersion, made.metadata.resourceVersion);
    },
  },
  {
    name: "what isn't there can't be replaced or patched",
    run: async ({ api, namespace }) => {
      const gone = api.replace(configMaps, {
        ...configMap(namespace, "a"),
        metadata: { namespace, name: "a", resourceVersion: "1", uid: "11111111-2222-3333-4444-555555555555" },
      });
      assertEquals(await refusal(gone), "404 NotFound");
      const patched = api.patch(configMaps, namespace, "a", { data: {} }, { type: "merge" });
      assertEquals(await refusal(patched), "404 NotFound");
    },
  },
  {
    name: "deleting can insist on uid and resourceVersion: 409 Conflict",
    run: async ({ api, namespace }) => {
      const { metadata } = await api.create(configMaps, configMap(namespace, "a"));
      const other = { uid: "11111111-2222-3333-4444-555555555555" };
      assertEquals(await refusal(api.delete(configMaps, namespace, "a", other)), "409 Conflict");
      const stale = { resourceVersion: "1" };
      assertEquals(await refusal(api.delete(configMaps, namespace, "a", stale)), "409 Conflict");
      const { uid, resourceVersion } = metadata;
      assert(uid !== undefined && resourceVersion !== undefined);
      await api.delete(configMaps, namespace, "a", { uid, resourceVersion });
    },
  },
  {
    name: "an invalid object is refused with 422 Invalid, naming the field",
    run: async ({ api, namespace }) => {
      const work = api.create(configMaps, configMap(namespace, "Not_A_Name"));
      assertEquals(await refusal(work), "422 Invalid");
      await work.catch((error) => assertMatch(error.message, /metadata\.name/));
    },
  },
  {
    name: "unknown kinds and unknown namespaces are 404 NotFound",
    run: async ({ api }) => {
      const unknown = { ...configMaps, group: "nobody.example", version: "v1", plural: "things" };
      assertEquals(await refusal(api.list(unknown, ({ metadata }) => metadata.name)), "404 NotFound");
      assertEquals(
        await refusal(api.create(configMaps, configMap("no-such-namespace", "a"))),
        "404 NotFound",
      );
    },
  },
];
