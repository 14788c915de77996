/** Kubeconfig files on disk: YAML, the files that they name, changes, and what is loaded for them. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type ConfigSources, findApiServer, KubeConfigError, type ReadEnv } from "../../../kube/config.ts";

const root = new URL("../../../", import.meta.url);
const noEnv: ReadEnv = () => undefined;

const ca = "-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n";
const cert = "-----BEGIN CERTIFICATE-----\ncert\n-----END CERTIFICATE-----\n";
const key = "-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n";

/** A kubeconfig with one context; the parts are YAML in braces. */
function yaml(parts: { readonly cluster?: string; readonly user?: string; readonly context?: string } = {}) {
  return `apiVersion: v1
kind: Config
current-context: ${parts.context ?? "lab"}
clusters:
- name: c
  cluster: ${parts.cluster ?? "{server: https://192.0.2.1:6443}"}
- name: d
  cluster: {server: https://192.0.2.2:6443}
users:
- name: u
  user: ${parts.user ?? "{token: secret}"}
- name: v
  user: {token: another}
contexts:
- name: lab
  context: {cluster: c, user: u}
- name: other
  context: {cluster: d, user: v}
`;
}

async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "pewter-kubeconfig-" });
  try {
    await run(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function written(path: string, text: string): Promise<string> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
  return path;
}

async function refusal(sources: ConfigSources, env: ReadEnv = noEnv): Promise<string> {
  return (await assertRejects(() => findApiServer(sources, env), KubeConfigError)).message;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

Deno.test("kubeconfig: YAML with anchors and merge keys, JSON, and credentials of each plain kind", () =>
  inFolder(async (dir) => {
    const kubeconfig = `${dir}/config`;
    const headers = async (user: string) => {
      await written(kubeconfig, yaml({ user }));
      return await (await findApiServer({ kubeconfig }, noEnv)).headers();
    };
    assertEquals(await headers("{token: secret}"), bearer("secret"));
    assertEquals(await headers("{<<: {token: merged}, username: less}"), bearer("merged"));
    assertEquals(await headers("{username: ada, password: 'pä:ss'}"), {
      authorization: `Basic ${new TextEncoder().encode("ada:pä:ss").toBase64()}`,
    });
    assertEquals(await headers("{}"), {});
    assertEquals(await headers("{token: secret, as: bob, as-uid: '7'}"), {
      ...bearer("secret"),
      "impersonate-user": "bob",
      "impersonate-uid": "7",
    });
    await written(kubeconfig, JSON.stringify({ contexts: [{ name: "a", context: { cluster: "c" } }] }));
    assertMatch(await refusal({ kubeconfig, context: "a" }), /context a: there is no cluster c/);
  }));

Deno.test("kubeconfig: what is not YAML is refused with its place, and nothing of it is quoted", () =>
  inFolder(async (dir) => {
    const said = async (text: string) => {
      const kubeconfig = await written(`${dir}/config`, text);
      return (await refusal({ kubeconfig })).replace(kubeconfig, "FILE");
    };
    const broken = [
      "users: [{name: a, user: {token: hidden}]",
      "users:\n- name: a\n  user: {token: hidden}\n name: b\n",
      'users: {token: "hidden',
      "token: hidden\ntoken: hidden\n",
      "a: hidden\n---\nb: hidden\n",
      'token: "hid\\qden"',
      "token: @hidden",
    ];
    for (const text of broken) {
      const sentence = await said(text);
      assertMatch(sentence, /^kubeconfig FILE can't be used: not YAML: [a-z ]+, line \d, column \d+$/);
    }
    assertMatch(
      await said("token: *hidden"),
      /^kubeconfig FILE can't be used: not YAML: an alias (?!.*hidden)/,
    );
  }));

Deno.test("kubeconfig: certificates and keys from files beside it, and as data, which counts more", () =>
  inFolder(async (dir) => {
    await written(`${dir}/pki/ca.crt`, ca);
    await written(`${dir}/client.crt`, cert);
    await written(`${dir}/client.key`, key);
    const kubeconfig = `${dir}/config`;
    const tls = async (cluster: string, user: string) => {
      await written(kubeconfig, yaml({ cluster: `{server: "https://c", ${cluster}}`, user: `{${user}}` }));
      return await (await findApiServer({ kubeconfig }, noEnv)).tls();
    };
    const files = "client-certificate: client.crt, client-key: ./client.key";
    assertEquals(await tls("certificate-authority: pki/ca.crt", files), {
      caPem: ca,
      certPem: cert,
      keyPem: key,
    });
    const other = `certificate-authority: missing.crt, certificate-authority-data: ${btoa(cert)}`;
    const liberties = "tls-server-name: name, insecure-skip-tls-verify: true";
    assertEquals(await tls(`${other}, ${liberties}`, "token: t"), {
      caPem: cert,
      serverName: "name",
      insecureSkipVerify: true,
    });
    const fails = async (cluster: string, user: string) =>
      (await assertRejects(() => tls(cluster, user), KubeConfigError)).message.replaceAll(dir, "DIR");
    assertMatch(
      await fails("certificate-authority: none.crt", "token: t"),
      /^cluster c of context lab: certificate-authority DIR\/none.crt can't be read: No such file/,
    );
    await written(`${dir}/empty`, "");
    assertEquals(
      await fails("tls-server-name: ''", "client-certificate: empty, client-key: client.key"),
      "user u of context lab: client-certificate DIR/empty holds no PEM",
    );
    assertEquals(
      await fails("tls-server-name: ''", "tokenFile: empty"),
      "user u of context lab: tokenFile DIR/empty is empty",
    );
    assertMatch(
      await fails("tls-server-name: ''", "tokenFile: gone"),
      /tokenFile DIR\/gone can't be read: No such file/,
    );
  }));

Deno.test("kubeconfig: a token file counts more than the token, which stands in for it", () =>
  inFolder(async (dir) => {
    const kubeconfig = await written(`${dir}/config`, yaml({ user: "{token: inside, tokenFile: token}" }));
    const config = await findApiServer({ kubeconfig }, noEnv);
    assertEquals(await config.headers(), bearer("inside"));
    await written(`${dir}/token`, "beside\n");
    assertEquals(await config.headers(), bearer("beside"));
  }));

Deno.test("kubeconfig: after a refusal the file is read again, but never as another API server's", () =>
  inFolder(async (dir) => {
    const kubeconfig = await written(`${dir}/config`, yaml());
    const config = await findApiServer({ kubeconfig }, noEnv);
    const afterRefusal = async (text: string | null) => {
      if (text === null) await Deno.remove(kubeconfig);
      else await written(kubeconfig, text);
      config.rejected?.();
      return await config.headers();
    };
    assertEquals(await afterRefusal(yaml({ user: "{token: rotated}" })), bearer("rotated"));
    assertEquals(await afterRefusal(""), bearer("rotated"));
    assertEquals(await afterRefusal(null), bearer("rotated"));
    assertEquals(await afterRefusal(yaml({ user: "{token: next}", context: "other" })), bearer("next"));
    const moved = yaml({ cluster: "{server: https://192.0.2.3}", user: "{token: elsewhere}" });
    assertEquals(await afterRefusal(moved), bearer("next"));
    assertEquals(config.url, "https://192.0.2.1:6443");
  }));

Deno.test("sources: --kubeconfig, $KUBECONFIG, the Pod's service account, ~/.kube/config, in this order", () =>
  inFolder(async (dir) => {
    const file = (path: string, host: string) =>
      written(`${dir}/${path}`, yaml({ cluster: `{server: "https://${host}"}` }));
    const kubeconfig = await file("flag", "flag");
    const KUBECONFIG = `${dir}/missing:${await file("variable", "variable")}`;
    await file("home/.kube/config", "home");
    await written(`${dir}/account/token`, "t");
    const HOME = `${dir}/home`;
    const KUBERNETES_SERVICE_HOST = "pod";
    const url = async (variables: Record<string, string>, sources: ConfigSources = {}) => {
      const found = { serviceAccountDir: `${dir}/account`, ...sources };
      return (await findApiServer(found, (name) => variables[name])).url;
    };
    const all = { KUBECONFIG, KUBERNETES_SERVICE_HOST, HOME };
    assertEquals(await url(all, { kubeconfig }), "https://flag");
    assertEquals(await url(all), "https://variable");
    assertEquals(await url({ KUBERNETES_SERVICE_HOST, HOME }), "https://pod:443");
    assertEquals(await url({ HOME }), "https://home");
    // Like client-go: a list of which nothing is there leaves the Pod's way, but not the home folder's.
    const missing = `${dir}/missing`;
    assertEquals(await url({ ...all, KUBECONFIG: missing }), "https://pod:443");
    assertEquals(
      await refusal({}, (name) => ({ KUBECONFIG: missing, HOME } as Record<string, string>)[name]),
      `no API server is known: none of the files in $KUBECONFIG is there (${missing}), and this is not a Pod ` +
        "(KUBERNETES_SERVICE_HOST is not set); give --kubeconfig=<file>",
    );
    // Like controller-runtime: in a Pod without a token, the home folder's.
    const noAccount = { serviceAccountDir: `${dir}/no-account` };
    assertEquals(await url({ KUBERNETES_SERVICE_HOST, HOME }, noAccount), "https://home");
    assertMatch(
      await refusal(noAccount, (name) => name === "KUBERNETES_SERVICE_HOST" ? "pod" : undefined),
      /token is missing/,
    );
  }));

/** Loads a kubeconfig in a process of its own, where the library is a module that says when it is loaded. */
async function printedWhileLoading(dir: string, user: string): Promise<string> {
  const kubeconfig = await written(`${dir}/config`, yaml({ user }));
  const library = await written(
    `${dir}/library.ts`,
    `console.log("library"); export { KubeConfig } from "npm:@kubernetes/client-node@2.0.1";`,
  );
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const map = { imports: { ...imports, "@kubernetes/client-node": `file://${library}` } };
  const script = `
    import { findApiServer } from "${new URL("kube/config.ts", root)}";
    const config = await findApiServer({ kubeconfig: ${JSON.stringify(kubeconfig)} });
    console.log((await config.headers()).authorization);
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--no-lock", "--no-config", "--no-prompt", "--ignore-env"],
      ...[
        "--allow-read",
        "--allow-run",
        `--import-map=${await written(`${dir}/map.json`, JSON.stringify(map))}`,
      ],
      await written(`${dir}/script.ts`, script),
    ],
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout);
}

Deno.test("kubeconfig: the Kubernetes library is loaded for exec plugins, and for nothing else", () =>
  inFolder(async (dir) => {
    await written(`${dir}/token`, "t");
    const plain = ["{token: t}", "{tokenFile: token}"];
    for (const user of plain) assertEquals(await printedWhileLoading(dir, user), "Bearer t\n");
    const answer = { kind: "ExecCredential", status: { token: "given" } };
    const exec = { command: "/bin/echo", args: [JSON.stringify(answer)] };
    const printed = await printedWhileLoading(dir, JSON.stringify({ exec }));
    assert(printed === "library\nBearer given\n", printed);
  }));

Deno.test("kubeconfig: a plugin's refusals name user, context and plugin", () =>
  inFolder(async (dir) => {
    const said = async (user: unknown) =>
      await refusal({ kubeconfig: await written(`${dir}/config`, yaml({ user: JSON.stringify(user) })) });
    const where = "user u of context lab: the";
    assertEquals(
      await said({ exec: { command: "/bin/echo", args: ['{"status":{}}'] } }),
      `${where} exec plugin /bin/echo failed: it gave neither a token nor a certificate`,
    );
    const fails = { exec: { command: "/bin/sh", args: ["-c", "echo why >&2; exit 3"] } };
    assertEquals(await said(fails), `${where} exec plugin /bin/sh failed: why`);
    assertEquals(
      await said({ "auth-provider": { name: "unheard-of" } }),
      `${where} auth-provider unheard-of failed: it gave neither a token nor a certificate`,
    );
  }));

Deno.test("kubeconfig: an auth-provider's token, and a plugin that is told of the cluster", () =>
  inFolder(async (dir) => {
    const load = async (user: unknown) => {
      const kubeconfig = await written(`${dir}/config`, yaml({ user: JSON.stringify(user) }));
      return await findApiServer({ kubeconfig }, noEnv);
    };
    await written(`${dir}/token`, "from the provider");
    const provider = { name: "file", config: { tokenFile: `${dir}/token` } };
    assertEquals(await (await load({ "auth-provider": provider })).headers(), bearer("from the provider"));
    const script = `echo "$KUBERNETES_EXEC_INFO" >'${dir}/asked'; echo '{"status":{"token":"t"}}'`;
    const exec = { command: "/bin/sh", args: ["-c", script], provideClusterInfo: true };
    assertEquals(await (await load({ exec })).headers(), bearer("t"));
    assertEquals(JSON.parse(await Deno.readTextFile(`${dir}/asked`)), {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      spec: {
        interactive: false,
        cluster: { server: "https://192.0.2.1:6443", "insecure-skip-tls-verify": false },
      },
    });
  }));
