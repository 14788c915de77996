/** Ways to the server: a Pod's files, kubeconfig files. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { findApiServer, KubeConfigError } from "../../../kube/config.ts";
import { namespaces } from "../../../kube/resources.ts";
import { type ContractCase, refusal, type World } from "./world.ts";

const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name;

async function folder(world: World): Promise<string> {
  const path = await Deno.makeTempDir({ prefix: "pewter-contract-config-" });
  world.after(() => Deno.remove(path, { recursive: true }));
  return path;
}

interface Parts {
  readonly cluster?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
}

async function kubeconfig(
  { server }: World,
  path: string,
  { cluster = {}, user }: Parts = {},
): Promise<string> {
  const ca = { "certificate-authority-data": btoa(server.caPem) };
  const trust = Object.keys(cluster).length === 0 ? ca : cluster;
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "lab",
    clusters: [{ name: "lab", cluster: { server: server.url, ...trust } }],
    users: [{ name: "someone", user: user ?? { token: server.adminToken } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "someone", namespace: "somewhere" } }],
  };
  await Deno.writeTextFile(path, JSON.stringify(config));
  return path;
}

/** Lists namespaces with the configuration; gives the first name. */
async function tryOut(world: World, path: string): Promise<string | undefined> {
  const config = await findApiServer({ kubeconfig: path }, () => undefined);
  const { items } = await world.client({ config }).list(namespaces, nameOf);
  return items.find((name) => name === "default");
}

export const configCases: readonly ContractCase[] = [
  {
    name: "a Pod's service account: files and two variables, the token again for each request",
    run: async (world) => {
      const dir = await folder(world);
      const url = new URL(world.server.url);
      const env: Record<string, string> = {
        KUBERNETES_SERVICE_HOST: url.hostname,
        KUBERNETES_SERVICE_PORT: url.port,
      };
      await Deno.writeTextFile(`${dir}/ca.crt`, world.server.caPem);
      await Deno.writeTextFile(`${dir}/namespace`, "pewter-system");
      const find = () => findApiServer({ serviceAccountDir: dir }, (name) => env[name]);
      const error = await assertRejects(find, KubeConfigError);
      assertMatch(error.message, /token is missing or empty/);
      await Deno.writeTextFile(`${dir}/token`, "outdated\n");
      const config = await find();
      assertEquals([config.url, config.namespace], [world.server.url, "pewter-system"]);
      const api = world.client({ config });
      assertEquals(await refusal(api.list(namespaces, nameOf)), "401 Unauthorized");
      await Deno.writeTextFile(`${dir}/token`, `${world.server.adminToken}\n`);
      await api.list(namespaces, nameOf);
    },
  },
  {
    name: "a kubeconfig with a token; --kubeconfig counts more than being in a Pod",
    run: async (world) => {
      const path = await kubeconfig(world, `${await folder(world)}/config`);
      const config = await findApiServer({ kubeconfig: path }, () => "192.0.2.1");
      assertEquals([config.url, config.namespace], [world.server.url, "somewhere"]);
      assertEquals(config.source, `kubeconfig ${path}, context lab`);
      assertEquals(await tryOut(world, path), "default");
    },
  },
  {
    name: "a kubeconfig with a token file, relative to it, read again for each request",
    run: async (world) => {
      const dir = await folder(world);
      const path = await kubeconfig(world, `${dir}/config`, { user: { tokenFile: "token" } });
      await Deno.writeTextFile(`${dir}/token`, "outdated");
      const api = world.client({ config: await findApiServer({ kubeconfig: path }, () => undefined) });
      assertEquals(await refusal(api.list(namespaces, nameOf)), "401 Unauthorized");
      await Deno.writeTextFile(`${dir}/token`, world.server.adminToken);
      await api.list(namespaces, nameOf);
    },
  },
  {
    name: "a kubeconfig with an exec plugin, asked again when its token is refused",
    run: async (world) => {
      const dir = await folder(world);
      const credential = (token: string) =>
        JSON.stringify({
          apiVersion: "client.authentication.k8s.io/v1",
          kind: "ExecCredential",
          status: { token },
        });
      await Deno.writeTextFile(`${dir}/answer`, credential("outdated"));
      const script = `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >>"${dir}/asked"\ncat "${dir}/answer"\n`;
      await Deno.writeTextFile(`${dir}/plugin`, script, { mode: 0o755 });
      const user = { exec: { apiVersion: "client.authentication.k8s.io/v1", command: `${dir}/plugin` } };
      const path = await kubeconfig(world, `${dir}/config`, { user });
      const config = await findApiServer({ kubeconfig: path }, () => undefined);
      const api = world.client({ config });
      await Deno.writeTextFile(`${dir}/answer`, credential(world.server.adminToken));
      await api.list(namespaces, nameOf);
      await api.list(namespaces, nameOf);
      const asked = (await Deno.readTextFile(`${dir}/asked`)).trim().split("\n");
      assertEquals(asked.length, 2);
      assertEquals(JSON.parse(asked[0] ?? "").kind, "ExecCredential");
    },
  },
  {
    name: "a kubeconfig with insecure-skip-tls-verify, and with tls-server-name",
    run: async (world) => {
      const dir = await folder(world);
      const insecure = { cluster: { "insecure-skip-tls-verify": true } };
      assertEquals(await tryOut(world, await kubeconfig(world, `${dir}/insecure`, insecure)), "default");
      const named = {
        cluster: {
          "certificate-authority-data": btoa(world.server.caPem),
          "tls-server-name": "kubernetes.default.svc",
        },
      };
      assertEquals(await tryOut(world, await kubeconfig(world, `${dir}/named`, named)), "default");
    },
  },
  {
    name: "$KUBECONFIG names several files: the first that knows a name counts",
    run: async (world) => {
      const dir = await folder(world);
      const first = {
        apiVersion: "v1",
        kind: "Config",
        "current-context": "lab",
        users: [
          { name: "someone", user: { token: "outdated" } },
        ],
      };
      await Deno.writeTextFile(`${dir}/first`, JSON.stringify(first));
      await kubeconfig(world, `${dir}/second`);
      const read = async (list: string) => {
        const config = await findApiServer(
          {},
          (name) => name === "KUBECONFIG" ? list : undefined,
        );
        return await config.headers();
      };
      assertEquals(await read(`${dir}/missing:${dir}/first:${dir}/second`), {
        authorization: "Bearer outdated",
      });
      assertEquals(await read(`${dir}/second:${dir}/first`), {
        authorization: `Bearer ${world.server.adminToken}`,
      });
    },
  },
  {
    name: "a kubeconfig that can't be used is refused in a sentence",
    run: async (world) => {
      const dir = await folder(world);
      const said = async (path: string, context?: string) => {
        const sources = context === undefined ? { kubeconfig: path } : { kubeconfig: path, context };
        return (await assertRejects(() => findApiServer(sources, () => undefined), KubeConfigError)).message;
      };
      assertMatch(await said(`${dir}/none`), /none can't be used: No such file/);
      await Deno.writeTextFile(`${dir}/empty`, "");
      assertMatch(await said(`${dir}/empty`), /empty can't be used: it holds no `kind: Config`/);
      await Deno.writeTextFile(`${dir}/broken`, 'users: [{name: a, user: {token: "hidden"}]');
      assertMatch(await said(`${dir}/broken`), /^(?!.*hidden)[^\n]*broken can't be used: [^\n]+$/);
      await Deno.writeTextFile(`${dir}/blank`, "{}");
      assertMatch(await said(`${dir}/blank`), /has no current-context/);
      assertMatch(await said(await kubeconfig(world, `${dir}/good`), "other"), /has no context other/);
      const lost = { user: { exec: { command: `${dir}/no-plugin` } } };
      assertMatch(await said(await kubeconfig(world, `${dir}/lost`, lost)), /exec plugin .*no-plugin failed/);
      const proxied = { cluster: { "proxy-url": "http://127.0.0.1:9", "insecure-skip-tls-verify": true } };
      assertMatch(
        await said(await kubeconfig(world, `${dir}/proxied`, proxied)),
        /proxy-url does not go together/,
      );
      const none = await assertRejects(
        () => findApiServer({}, () => undefined),
        KubeConfigError,
      );
      assertMatch(none.message, /give --kubeconfig/);
    },
  },
];
