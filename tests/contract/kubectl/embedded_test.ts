/** kubectl against the lab's API server: what a person does in the demo must work without a special flag. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { skippable } from "../../support/skip.ts";
import { type Cluster, table, whyNotKubectl, withCluster } from "./kubectl.ts";
import { eventAbout, service, widget, WIDGETS } from "./manifests.ts";

const reason = await whyNotKubectl();

function test(name: string, use: (cluster: Cluster) => Promise<void>): void {
  Deno.test({ ...skippable(`kubectl: ${name}`, reason), fn: () => withCluster(use) });
}

test("version, api-resources and explain; the server says what it is", async ({ must }) => {
  assertStringIncludes(await must(["version"]), "pewter-lab");
  const resources = await must(["api-resources", "--no-headers"]);
  assertMatch(resources, /^services\s+svc\s+v1\s+true\s+Service$/m);
  assertMatch(resources, /^leases\s+coordination.k8s.io\/v1\s+true\s+Lease$/m);
  assertStringIncludes(await must(["explain", "service.spec.ports"]), "targetPort");
  assertStringIncludes(await must(["cluster-info"]), "is running at");
});

test("apply a Service from the client's side: create, no change, change, prune of a port", async ({ must }) => {
  assertEquals(
    await must(["apply", "-f", "-"], service(80, "  - {name: more, port: 443}")),
    "service/web created\n",
  );
  assertEquals(
    await must(["apply", "-f", "-"], service(80, "  - {name: more, port: 443}")),
    "service/web unchanged\n",
  );
  assertEquals(await must(["apply", "-f", "-"], service(81)), "service/web configured\n");
  assertEquals(await must(["get", "svc", "web", "-o", "jsonpath={.spec.ports[*].port}"]), "81");
  assertEquals(await must(["diff", "-f", "-"], service(81)), "");
});

test("apply from the server's side: conflicts, force, managed fields", async ({ must, run }) => {
  const apply = ["apply", "--server-side", "-f", "-"];
  assertEquals(await must(apply, service(80)), "service/web serverside-applied\n");
  const other = [...apply, "--field-manager=other"];
  const body = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: other}}\n";
  const refused = await run(other, body);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, 'conflict with "kubectl": .spec.selector.app');
  await must([...other, "--force-conflicts"], body);
  assertEquals(await must(["get", "svc", "web", "-o", "jsonpath={.spec.selector.app}"]), "other");
  assertEquals(
    await must([
      "get",
      "svc",
      "web",
      "--show-managed-fields",
      "-o",
      "jsonpath={.metadata.managedFields[*].manager}",
    ]),
    "kubectl other",
  );
});

test("what is wrong in a manifest is refused: unknown field, wrong type, broken rule", async ({ run, must }) => {
  const refused = async (manifest: string): Promise<string> => {
    const { code, err } = await run(["apply", "-f", "-"], manifest);
    assertEquals(code, 1, err);
    return err;
  };
  assertStringIncludes(
    await refused(service(80).replace("selector:", "selektor:")),
    'unknown field "spec.selektor"',
  );
  assertStringIncludes(
    await refused(service(80).replace("port: 80", 'port: "80"')),
    "must be of type integer",
  );
  assertStringIncludes(await refused(service(0)), "must be between 1 and 65535");
  await must(["apply", "-f", "-"], WIDGETS);
  await must(["wait", "--for=condition=Established", "crd/widgets.example.io", "--timeout=10s"]);
  assertStringIncludes(await refused(widget("w", 11)), "should be less than or equal to 10");
  assertStringIncludes(await refused(widget("w", 1).replace("size:", "sice:")), 'unknown field "spec.sice"');
});

test("get shows the columns that people know, also with -o wide", async ({ must }) => {
  await must(["apply", "-f", "-"], service(80));
  assertEquals(table(await must(["get", "svc", "web"]))[0], [
    "NAME",
    "TYPE",
    "CLUSTER-IP",
    "EXTERNAL-IP",
    "PORT(S)",
    "AGE",
  ]);
  assertEquals(table(await must(["get", "svc", "web"]))[1]?.slice(0, 4), [
    "web",
    "LoadBalancer",
    "10.96.0.10",
    "<pending>",
  ]);
  assertEquals(table(await must(["get", "svc", "web", "-o", "wide"]))[1]?.at(-1), "app=web");
  const headers = async (what: string, ...more: string[]) =>
    table(await must(["get", what, "-A", ...more]))[0];
  assertEquals(await headers("namespaces"), ["NAME", "STATUS", "AGE"]);
  await must(["create", "deployment", "d", "--image=example/x"]);
  assertEquals(await headers("deployments"), [
    "NAMESPACE",
    "NAME",
    "READY",
    "UP-TO-DATE",
    "AVAILABLE",
    "AGE",
  ]);
  await must(["create", "secret", "generic", "s", "--from-literal=a=b"]);
  assertEquals(await headers("secrets"), ["NAMESPACE", "NAME", "TYPE", "DATA", "AGE"]);
  await must(["create", "configmap", "c", "--from-literal=a=b"]);
  assertEquals(await headers("configmaps"), ["NAMESPACE", "NAME", "DATA", "AGE"]);
  await must(["apply", "-f", "-"], WIDGETS);
  assertEquals(await headers("crd"), ["NAME", "CREATED AT"]);
});

test("own kinds: printer columns, wide ones, short names, patch and status", async ({ must, run }) => {
  await must(["apply", "-f", "-"], WIDGETS);
  await must(["apply", "-f", "-"], widget("w1", 3));
  assertEquals(table(await must(["get", "wd"])), [["NAME", "SIZE"], ["w1", "3"]]);
  assertEquals(table(await must(["get", "wd", "-o", "wide"])), [["NAME", "SIZE", "TAGS"], [
    "w1",
    "3",
    "red,blue",
  ]]);
  await must(["patch", "wd", "w1", "--type=merge", "-p", '{"spec":{"size":4},"status":{"ready":true}}']);
  await must([
    "patch",
    "wd",
    "w1",
    "--type=merge",
    "--subresource=status",
    "-p",
    '{"status":{"ready":true}}',
  ]);
  assertEquals(
    await must([
      "get",
      "wd",
      "w1",
      "-o",
      "jsonpath={.spec.size} {.spec.mode} {.status.ready} {.metadata.generation}",
    ]),
    "4 small true 2",
  );
  assertStringIncludes(await must(["explain", "widget.spec"]), "size");
  assertStringIncludes(await must(["describe", "wd", "w1"]), "Size:  4");
  await must(["delete", "crd", "widgets.example.io"]);
  assertStringIncludes((await run(["get", "widgets"])).err, "could not find the requested resource");
});

test("patch with each type, label, annotate, edit and replace", async ({ must }) => {
  await must(["apply", "-f", "-"], service(80));
  await must(["patch", "svc", "web", "-p", '{"spec":{"ports":[{"port":81,"name":"more"}]}}']);
  await must([
    "patch",
    "svc",
    "web",
    "--type=json",
    "-p",
    '[{"op":"add","path":"/metadata/labels/x","value":"y"}]',
  ]);
  await must(["patch", "svc", "web", "--type=merge", "-p", '{"metadata":{"labels":{"app":null}}}']);
  await must(["label", "svc", "web", "tier=front"]);
  await must(["annotate", "svc", "web", "note=hello"]);
  const shown = "jsonpath={.spec.ports[*].port} {.metadata.labels} {.metadata.annotations.note}";
  assertEquals(await must(["get", "svc", "web", "-o", shown]), '81 80 {"tier":"front","x":"y"} hello');
  await must(["label", "svc", "web", "tier-"]);
  await must(["edit", "svc", "web"]);
  const yaml = await must(["get", "svc", "web", "-o", "json"]);
  assertEquals(
    await must(["replace", "-f", "-"], yaml.replace('"hello"', '"bye"')),
    "service/web replaced\n",
  );
  assertEquals(await must(["get", "svc", "web", "-o", "jsonpath={.metadata.annotations.note}"]), "bye");
});

test("get -w follows, and goes on seeing changes until it is ended", async ({ must, start }) => {
  const watching = start(["get", "svc", "-w", "--no-headers"]);
  const lines = watching.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const until = async (wanted: RegExp): Promise<void> => {
    const deadline = AbortSignal.timeout(20_000);
    const late = new Promise<never>((_, reject) =>
      deadline.addEventListener("abort", () => reject(new Error(`${wanted} was never printed: ${seen}`)), {
        once: true,
      })
    );
    while (!wanted.test(seen)) seen += (await Promise.race([lines.read(), late])).value ?? "";
  };
  try {
    await until(/^kubernetes /m);
    await must(["apply", "-f", "-"], service(80));
    await until(/^web .*<pending>/m);
    const ingress = '{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.7"}]}}}';
    await must(["patch", "svc", "web", "--type=merge", "--subresource=status", "-p", ingress]);
    await until(/^web .*192\.0\.2\.7/m);
  } finally {
    watching.kill("SIGTERM");
    await lines.cancel();
    await watching.stderr.cancel();
    await watching.status;
  }
  assert(seen.includes("192.0.2.7"));
});

test("events: get events, events, and at the end of describe", async ({ must }) => {
  await must(["apply", "-f", "-"], service(80));
  const uid = await must(["get", "svc", "web", "-o", "jsonpath={.metadata.uid}"]);
  await must(["create", "-f", "-"], eventAbout(uid));
  assertEquals(table(await must(["get", "events"]))[0], ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]);
  assertStringIncludes(await must(["get", "events"]), "service/web");
  assertStringIncludes(await must(["events", "--for", "service/web"]), "gave it an address");
  assertMatch(await must(["describe", "svc", "web"]), /Normal\s+IPAllocated .*pewter\s+gave it an address/);
});

test("delete waits; a namespace takes its content along", async ({ must, run }) => {
  await must(["create", "namespace", "shop"]);
  await must(["apply", "-n", "shop", "-f", "-"], service(80));
  assertStringIncludes(
    await must(["delete", "-n", "shop", "svc", "web", "--wait", "--timeout=20s"]),
    "deleted",
  );
  await must(["create", "-n", "shop", "service", "loadbalancer", "two", "--tcp=80"]);
  await must(["delete", "namespace", "shop", "--timeout=20s"]);
  assertStringIncludes((await run(["get", "svc", "-n", "shop", "two"])).err, "NotFound");
  assertStringIncludes(
    await must(["apply", "-f", "-", "--dry-run=server"], service(80)),
    "created (server dry run)",
  );
  assertStringIncludes((await run(["get", "svc", "web"])).err, "NotFound");
});

test("permissions: auth can-i, a refusal's words, tokens of a ServiceAccount", async ({ must, run, server }) => {
  assertEquals(await must(["auth", "can-i", "delete", "services"]), "yes\n");
  assertStringIncludes(await must(["auth", "whoami"]), "admin");
  await must(["create", "serviceaccount", "reader"]);
  await must(["create", "role", "reader", "--verb=get,list", "--resource=services"]);
  await must(["create", "rolebinding", "reader", "--role=reader", "--serviceaccount=default:reader"]);
  const token = (await must(["create", "token", "reader"])).trim();
  const url = ["--server", server.url, "--token", token];
  const dir = await Deno.makeTempDir({ prefix: "pewter-kubectl-" });
  try {
    await Deno.writeTextFile(`${dir}/ca.crt`, server.caPem);
    const other = [...url, "--certificate-authority", `${dir}/ca.crt`, "--kubeconfig", "/dev/null"];
    assertStringIncludes((await run([...other, "get", "svc"])).out, "kubernetes");
    assertStringIncludes(
      (await run([...other, "get", "nodes"])).err,
      'nodes is forbidden: User "system:serviceaccount:default:reader" cannot list resource "nodes" in API group "" at ' +
        "the cluster scope",
    );
    assertEquals((await run([...other, "auth", "can-i", "delete", "services"])).out, "no\n");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

test("a watch that is cut, and a server that asks for patience, don't stop kubectl", async ({ must, server }) => {
  server.faults.refuse({ code: 429, resource: "services", times: 1, retryAfterSeconds: 1 });
  assertStringIncludes(await must(["get", "svc"]), "kubernetes");
  assertEquals(server.faults.refused(429), 1);
  await server.faults.down();
  await server.faults.up();
  assertStringIncludes(await must(["get", "svc"]), "kubernetes");
});
