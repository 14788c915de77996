/** docs/plan.md shows what the commands really print. With UPDATE_DOCS=1 it is brought up to date. */
import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import type { Manifest } from "../../../core/plan/manifest.ts";
import { planKindOf } from "../../../core/plan/kinds.ts";
import { generate } from "../../../crds/generate.ts";
import type { KubeObject, Resource } from "../../../kube/api.ts";
import { openClient } from "../../../kube/client.ts";
import { systemClock } from "../../../kube/clock.ts";
import { readManifestFiles } from "../../../kube/plan/files.ts";
import { customResourceDefinitions, endpointSlices, services } from "../../../kube/resources.ts";
import { slice } from "../../golden/plan/manifests.ts";
import { type ApiServer, startApiServer } from "../../lab/apiserver/server.ts";
import { runPewter } from "./pewter.ts";

const root = decodeURIComponent(new URL("../../../", import.meta.url).pathname);
const document = `${root}docs/plan.md`;
const files = ["cluster", "topologies/l2-and-bgp.yaml"].map((path) => `${root}docs/examples/${path}`);

/** A command and what it prints; in the document `pewter` stands for the program. */
const block = /```console\n\$ pewter ([^\n]*)\n([\s\S]*?)```/g;

Deno.test("docs: plan.md shows what is really printed", async () => {
  const server = await startApiServer({ seedNamespaces: ["metallb-system"] });
  const folder = await Deno.makeTempDir({ prefix: "pewter-plan-" });
  try {
    await furnish(server);
    await Deno.writeTextFile(`${folder}/kubeconfig`, server.kubeconfig());
    const text = await Deno.readTextFile(document);
    let real = text;
    let blocks = 0;
    for (const [whole, command = "", shown = ""] of text.matchAll(block)) {
      const live = command.includes("--live") ? [`--kubeconfig=${folder}/kubeconfig`] : [];
      const { stdout, stderr } = await runPewter([...command.split(" "), ...live]);
      assertEquals(stderr, "");
      real = real.replace(whole, () => whole.replace(`\n${shown}\`\`\``, () => `\n${stdout}\`\`\``));
      blocks++;
    }
    assert(blocks === 3, `${blocks} commands are shown`);
    if (Deno.env.get("UPDATE_DOCS") === "1") await Deno.writeTextFile(document, real);
    else assertEquals(text, real);
  } finally {
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
});

/** The cluster of the examples, with an endpoint on each node. */
async function furnish(server: ApiServer): Promise<void> {
  const api = openClient({
    config: {
      ...{ url: server.url, namespace: "default", source: "the test" },
      tls: () => Promise.resolve({ caPem: server.caPem }),
      headers: () => Promise.resolve({ authorization: `Bearer ${server.tokens.admin}` }),
    },
    clock: systemClock,
    random: Math.random,
    userAgent: "pewter-test",
  });
  try {
    for (const { text } of generate()) await api.create(customResourceDefinitions, parse(text) as KubeObject);
    for (const manifest of await readManifestFiles(files)) {
      const resource = resourceOf(manifest);
      const namespace = resource.namespaced ? { namespace: "default" } : {};
      const metadata = { ...namespace, ...manifest.metadata };
      await api.create(resource, { ...manifest, metadata } as unknown as KubeObject);
    }
    const patch = { status: { loadBalancer: { ingress: [{ ip: "192.168.10.1" }] } } };
    await api.patch(services, "default", "web", patch, { type: "merge", subresource: "status" });
    const endpoints = ["node-1", "node-2", "node-3"].map((nodeName) => ({
      nodeName,
      addresses: ["10.1.0.1"],
    }));
    const { metadata, ...rest } = slice("web", endpoints);
    await api.create(endpointSlices, { metadata, ...rest, ports: [{ port: 80 }] } as unknown as KubeObject);
  } finally {
    api.close();
  }
}

function resourceOf(manifest: Manifest): Resource {
  const kind = planKindOf(manifest);
  assert(kind !== null);
  const version = manifest.apiVersion.slice(manifest.apiVersion.indexOf("/") + 1);
  const namespaced = kind.namespaced;
  return { group: kind.group, version, plural: kind.plural, kind: kind.kind, namespaced };
}
