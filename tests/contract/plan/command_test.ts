/** `pewter plan` and `pewter explain` as programs: files, folders, standard input, forms of output, exit codes. */
import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import { type Run, runPewter } from "./pewter.ts";

const nodes = ["a", "b"].map((name) => `---\napiVersion: v1\nkind: Node\nmetadata: {name: node-${name}}\n`)
  .join("");
const pool = `---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: lan, namespace: metallb-system}
spec: {addresses: [192.0.2.10-192.0.2.11, "2001:db8::/64"]}
`;
const l2 =
  "---\napiVersion: metallb.io/v1beta1\nkind: L2Advertisement\nmetadata: {name: all, namespace: metallb-system}\n";
const service = (name: string) =>
  `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n`;

/** A folder with these files, for as long as `work` takes. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "pewter-plan-" });
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function ips({ stdout }: Run): unknown {
  const { services } = JSON.parse(stdout) as { services: { name: string; ips?: string[] }[] };
  return Object.fromEntries(services.map(({ name, ips }) => [name, ips]));
}

Deno.test("pewter plan: files, folders in path order, and standard input", async () => {
  const files = {
    "b/pool.yml": pool,
    "b/a/web.json": JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { type: "ClusterIP" },
    }),
    "b/c/web.yaml": service("web"),
    "b/readme.txt": "not: [yaml",
    "nodes": nodes,
  };
  await withFiles(files, async (folder) => {
    const all = [
      "-f",
      `${folder}/b/`,
      "-f",
      `${folder}/nodes`,
      "-f",
      "-",
      "--assume-endpoints",
      "-o",
      "json",
    ];
    const run = await runPewter(["plan", ...all], { stdin: l2 + service("api") });
    assertEquals([run.code, run.stderr], [0, ""]);
    assertEquals(ips(run), { api: ["192.0.2.10"], web: ["192.0.2.11"] });
    const last = await runPewter(["plan", ...all, "-f", `${folder}/b/a`], { stdin: l2 });
    assertEquals([last.code, ips(last)], [0, { web: undefined }]);
  });
});

Deno.test("pewter plan: exit codes", async () => {
  const broken = `${service("web")}---\nkind: [\n`;
  const files = {
    "all.yaml": pool + l2 + service("web"),
    "nodes.yaml": nodes,
    "broken.yaml": broken,
    "empty/x.txt": "",
  };
  await withFiles(files, async (folder) => {
    const outcome = async (...args: readonly string[]) => {
      const { code, stderr, stdout } = await runPewter(["plan", ...args]);
      assertEquals(code === 2, stderr !== "", stderr);
      assertEquals(code === 2, stdout === "");
      return code === 2 ? stderr : code;
    };
    const all = ["-f", `${folder}/all.yaml`];
    assertEquals(await outcome(...all), 0);
    assertEquals(await outcome(...all, "-f", `${folder}/nodes.yaml`), 3);
    assertEquals(await outcome(...all, "-f", `${folder}/nodes.yaml`, "--assume-endpoints"), 0);
    assertEquals(await outcome(...all, "--without", "IPAddressPool/lan"), 3);
    assertEquals(
      await outcome("-f", `${folder}/broken.yaml`),
      `pewter plan: ${folder}/broken.yaml:8: Flow sequence in block collection must be sufficiently indented and end with a ]\n`,
    );
    assertEquals(
      await outcome("-f", `${folder}/no`),
      `pewter plan: ${folder}/no: there is no such file or folder\n`,
    );
    assertEquals(
      await outcome("-f", `${folder}/empty`),
      `pewter plan: ${folder}/empty: this folder has no file that ends in .yaml, .yml, .json\n`,
    );
    assertEquals(await outcome(), "pewter plan: nothing to plan: give -f PATH or --live\n");
    assertEquals(
      await outcome("--live", `--kubeconfig=${folder}/no`).then((text) =>
        String(text).includes(`${folder}/no`)
      ),
      true,
    );
  });
});

Deno.test("pewter plan: the same tree as text, JSON and YAML, and no colours where nobody sees them", async () => {
  const run = (form: string) => runPewter(["plan", "-f", "-", "-o", form], { stdin: pool + service("web") });
  const [json, yaml, text] = [await run("json"), await run("yaml"), await run("text")];
  assertEquals(parse(yaml.stdout, { intAsBigInt: true }), parse(json.stdout, { intAsBigInt: true }));
  assert(json.stdout.includes('"availableIPv6": 9223372036854775807'), json.stdout);
  assert(text.stdout.includes("default/web  192.0.2.10  lan"), text.stdout);
  assertEquals(text.stdout.includes("\x1b"), false);
});

Deno.test("pewter plan and explain: help", async () => {
  for (const command of ["plan", "explain"]) {
    const { code, stdout } = await runPewter([command, "--help"]);
    assertEquals(code, 0);
    assert(stdout.includes(`Usage: pewter ${command}`) && stdout.includes("Examples:"), stdout);
  }
  const { stdout } = await runPewter(["help"]);
  assert(/^ {2}plan /m.test(stdout) && /^ {2}explain /m.test(stdout), stdout);
});

Deno.test("pewter explain: a Service of manifests", async () => {
  const stdin = nodes + pool + l2 + service("web");
  const explain = (...args: readonly string[]) =>
    runPewter(["explain", "service", ...args, "-f", "-"], { stdin });
  const text = await explain("web", "--assume-endpoints");
  assertEquals([text.code, text.stderr], [0, ""]);
  assert(text.stdout.startsWith("default/web  192.0.2.10  layer2 from node-b (then node-a)\n"), text.stdout);
  const json = await explain("default/web", "-o", "json");
  assertEquals(json.code, 3);
  const { format, service: { ips }, steps } = JSON.parse(json.stdout);
  assertEquals([format, ips], [1, ["192.0.2.10"]]);
  assertEquals(steps.at(-1), {
    part: "layer2",
    outcome: "no",
    rule: "Without a node that may announce nobody does",
    object: { kind: "Service", namespace: "default", name: "web" },
    node: null,
    peer: null,
    reason: "noEndpoints",
    message: "no endpoint of default/web can serve",
  });
  const missing = await explain("shop/web");
  assertEquals([missing.code, missing.stderr], [
    2,
    "pewter explain: there is no Service shop/web in what was read\n",
  ]);
  assertEquals((await runPewter(["explain", "web"])).code, 2);
});
