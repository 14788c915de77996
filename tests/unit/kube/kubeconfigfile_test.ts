/** What kubeconfig documents say: types, names, precedence, relative paths. */
import { assertEquals, assertThrows } from "@std/assert";
import { KubeConfigError } from "../../../kube/config.ts";
import { chooseContext, type Chosen, entriesOf, mergeEntries } from "../../../kube/kubeconfigfile.ts";

const path = "/home/ada/.kube/config";
const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/** A document with one context, whose parts a case changes. */
function documentWith(parts: { cluster?: unknown; user?: unknown; context?: unknown } = {}): unknown {
  return {
    apiVersion: "v1",
    kind: "Config",
    preferences: {},
    "current-context": "lab",
    clusters: [{ name: "c", cluster: parts.cluster ?? { server: "https://192.0.2.1:6443" } }],
    users: [{ name: "u", user: parts.user ?? {} }],
    contexts: [{ name: "lab", context: parts.context ?? { cluster: "c", user: "u" } }],
  };
}

function chosenFrom(document: unknown, wanted?: string): Chosen {
  return chooseContext(mergeEntries([entriesOf(document, path)]), path, wanted);
}

function refusal(document: unknown, wanted?: string): string {
  const { message } = assertThrows(() => chosenFrom(document, wanted), KubeConfigError);
  return message.replace(`kubeconfig ${path}`, "FILE");
}

const clusterOf = (cluster: unknown) => chosenFrom(documentWith({ cluster })).cluster;
const userOf = (user: unknown) => chosenFrom(documentWith({ user })).user;

const anonymous = {
  name: "u",
  token: undefined,
  tokenFile: undefined,
  username: undefined,
  password: undefined,
  cert: undefined,
  key: undefined,
  impersonate: undefined,
  exec: undefined,
  authProvider: undefined,
};

Deno.test("kubeconfig: a context names cluster, user and namespace", () => {
  const context = { cluster: "c", user: "u", namespace: "somewhere" };
  assertEquals(chosenFrom(documentWith({ context })), {
    context: "lab",
    namespace: "somewhere",
    cluster: {
      name: "c",
      server: "https://192.0.2.1:6443",
      ca: undefined,
      insecureSkipVerify: false,
      serverName: undefined,
      proxyUrl: undefined,
    },
    user: anonymous,
  });
  const bare = chosenFrom(documentWith({ context: { cluster: "c", namespace: "" } }));
  assertEquals([bare.namespace, bare.user], ["default", { ...anonymous, name: "anonymous" }]);
});

Deno.test("kubeconfig: a context by name counts more than the current one", () => {
  const document = {
    "current-context": "gone",
    clusters: [{ name: "c", cluster: { server: "https://c" } }],
    contexts: [{ name: "other", context: { cluster: "c" } }],
  };
  assertEquals(chosenFrom(document, "other").context, "other");
  assertEquals(refusal(document), "FILE has no context gone");
});

Deno.test("kubeconfig: a cluster's fields", () => {
  const cluster = {
    server: "https://kube.example/k8s/clusters/c-1/",
    "certificate-authority-data": btoa(pem),
    "certificate-authority": "counts-less.crt",
    "insecure-skip-tls-verify": true,
    "tls-server-name": "kubernetes.default.svc",
    "proxy-url": "",
    "disable-compression": true,
  };
  assertEquals(clusterOf(cluster), {
    name: "c",
    server: "https://kube.example/k8s/clusters/c-1",
    ca: { text: pem },
    insecureSkipVerify: true,
    serverName: "kubernetes.default.svc",
    proxyUrl: undefined,
  });
  const proxied = { server: "http://c", "proxy-url": "socks5://127.0.0.1:1080" };
  assertEquals(clusterOf(proxied).proxyUrl, "socks5://127.0.0.1:1080");
});

Deno.test("kubeconfig: a user's fields", () => {
  assertEquals(userOf({ token: "t", tokenFile: null, password: "" }), { ...anonymous, token: "t" });
  assertEquals(userOf({ username: "ada", password: "p" }), {
    ...anonymous,
    username: "ada",
    password: "p",
  });
  const pair = { "client-certificate-data": btoa(pem), "client-key-data": btoa(pem) };
  assertEquals(userOf(pair), { ...anonymous, cert: { text: pem }, key: { text: pem } });
  assertEquals(userOf({ as: "bob", "as-uid": "7" }).impersonate, { name: "bob", uid: "7" });
  assertEquals(chosenFrom({ ...documentWith() as object, users: [{ name: "u" }] }).user, anonymous);
});

Deno.test("kubeconfig: relative paths start at the kubeconfig's folder", () => {
  const ca = (file: string) => clusterOf({ server: "https://c", "certificate-authority": file }).ca;
  const field = "certificate-authority";
  assertEquals(ca("pki/ca.crt"), { path: "/home/ada/.kube/pki/ca.crt", field });
  assertEquals(ca("../ca.crt"), { path: "/home/ada/ca.crt", field });
  assertEquals(ca("/etc/ca.crt"), { path: "/etc/ca.crt", field });
  const user = userOf({ "client-certificate": "c.crt", "client-key": "./c.key", tokenFile: "token" });
  assertEquals([user.cert, user.key, user.tokenFile], [
    { path: "/home/ada/.kube/c.crt", field: "client-certificate" },
    { path: "/home/ada/.kube/c.key", field: "client-key" },
    "/home/ada/.kube/token",
  ]);
  const command = (name: string) => userOf({ exec: { command: name } }).exec?.command;
  assertEquals(["plugin", "./plugin", "/bin/plugin"].map(command), [
    "plugin",
    "/home/ada/.kube/plugin",
    "/bin/plugin",
  ]);
});

Deno.test("kubeconfig: exec and auth-provider are kept for the library", () => {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["eks", "get-token"],
    env: [{ name: "AWS_PROFILE", value: "lab" }, { name: "EMPTY", value: "" }],
    provideClusterInfo: true,
    interactiveMode: "IfAvailable",
  };
  assertEquals(userOf({ exec }).exec, {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["eks", "get-token"],
    env: [{ name: "AWS_PROFILE", value: "lab" }, { name: "EMPTY", value: "" }],
    provideClusterInfo: true,
  });
  const provider = { name: "oidc", config: { "id-token": "x" } };
  assertEquals(userOf({ "auth-provider": provider }).authProvider, provider);
});

Deno.test("kubeconfig: what has another type is refused with file and field, and without the value", () => {
  const cases: readonly [document: unknown, says: string][] = [
    [{ ...documentWith() as object, kind: "Pod" }, 'FILE: kind must be Config, and is "Pod"'],
    [{ clusters: {} }, "FILE: clusters must be a list, and is a mapping"],
    [{ users: ["u"] }, "FILE: users[0] must be a mapping, and is text"],
    [{ contexts: [null] }, "FILE: contexts[0] must be a mapping, and is empty"],
    [{ contexts: [{ context: {} }] }, "FILE, contexts[0]: name is missing"],
    [{ users: [{ name: 7 }] }, "FILE, users[0]: name must be text, and is a number; put it in quotes"],
    [{ users: [{ name: "u", user: [] }] }, "FILE, user u: user must be a mapping"],
    [
      { "current-context": true },
      "FILE: current-context must be text, and is true or false; put it in quotes",
    ],
    [documentWith({ context: { user: "u" } }), "FILE, context lab: cluster is missing"],
    [documentWith({ cluster: {} }), "FILE, cluster c: server is missing"],
    [
      documentWith({ cluster: { server: "c:6443" } }),
      'FILE, cluster c: server "c:6443" is not an http(s) URL',
    ],
    [
      documentWith({ cluster: { server: "https://c", "insecure-skip-tls-verify": "true" } }),
      "FILE, cluster c: insecure-skip-tls-verify must be true or false, and is text",
    ],
    [
      documentWith({ cluster: { server: "https://c", "certificate-authority-data": "hidden?" } }),
      "FILE, cluster c: certificate-authority-data is not base64",
    ],
    [
      documentWith({ cluster: { server: "https://c", "certificate-authority-data": btoa("hidden") } }),
      "FILE, cluster c: certificate-authority-data holds no PEM",
    ],
    [
      documentWith({ cluster: { server: "https://c", "proxy-url": "hidden" } }),
      "FILE, cluster c: proxy-url is not a URL",
    ],
    [
      documentWith({ user: { token: 12345 } }),
      "FILE, user u: token must be text, and is a number; put it in quotes",
    ],
    [
      documentWith({ user: { tokenFile: ["hidden"] } }),
      "FILE, user u: tokenFile must be text, and is a list",
    ],
    [
      documentWith({ user: { "client-certificate": "c.crt" } }),
      "FILE, user u: client-certificate needs client-key or client-key-data",
    ],
    [
      documentWith({ user: { as: "bob", "as-groups": ["g"] } }),
      "FILE, user u: as-groups can't be used here; give that user's own credentials",
    ],
    [documentWith({ user: { "as-uid": "7" } }), "FILE, user u: as-uid needs as"],
    [documentWith({ user: { exec: "aws" } }), "FILE, user u: exec must be a mapping, and is text"],
    [documentWith({ user: { exec: { args: [] } } }), "FILE, user u, exec: command is missing"],
    [
      documentWith({ user: { exec: { command: "aws", args: ["a", 1] } } }),
      "FILE, user u, exec: args[1] must be text, and is a number; put it in quotes",
    ],
    [
      documentWith({ user: { exec: { command: "aws", env: [{ value: "hidden" }] } } }),
      "FILE, user u, exec, env[0]: name is missing",
    ],
    [
      documentWith({ user: { exec: { command: "a" }, "auth-provider": { name: "oidc" } } }),
      "FILE, user u: exec and auth-provider don't go together",
    ],
  ];
  assertEquals(cases.map(([document]) => refusal(document)), cases.map(([, says]) => says));
});

Deno.test("kubeconfig: what is missing is named", () => {
  for (const empty of [null, "", "text", [], 7]) {
    assertEquals(refusal(empty), "FILE can't be used: it holds no `kind: Config`");
  }
  assertEquals(refusal({}), "FILE has no current-context; set one with kubectl config");
  assertEquals(
    refusal({ clusters: null, users: null, contexts: null, "current-context": "" }, "a"),
    "FILE has no context a",
  );
  const elsewhere = (context: unknown) => refusal(documentWith({ context }));
  assertEquals(elsewhere({ cluster: "x", user: "u" }), "FILE, context lab: there is no cluster x");
  assertEquals(elsewhere({ cluster: "c", user: "x" }), "FILE, context lab: there is no user x");
  assertEquals(refusal(documentWith(), "toString"), "FILE has no context toString");
  const twice = { users: [{ name: "u" }, { name: "u" }] };
  assertEquals(refusal(twice), "FILE, user u: two in users have this name");
});

Deno.test("kubeconfig: entries that are not chosen may be wrong", () => {
  const good = documentWith() as { clusters: unknown[]; users: unknown[] };
  const clusters = [{ name: "half" }, ...good.clusters];
  const users = [...good.users, { name: "odd", user: { token: 1 } }];
  assertEquals(chosenFrom({ ...good, clusters, users }).cluster.name, "c");
});

Deno.test("kubeconfig: of several files the first that knows a name counts, as a whole", () => {
  const first = entriesOf({
    clusters: [{ name: "c", cluster: { server: "https://first" } }],
    users: [{ name: "u", user: { tokenFile: "token" } }],
  }, "/first/config");
  const second = entriesOf({
    "current-context": "lab",
    clusters: [{ name: "c", cluster: { server: "https://second", "tls-server-name": "second" } }],
    users: [{ name: "u", user: { username: "second" } }, { name: "v", user: { tokenFile: "token" } }],
    contexts: [
      { name: "lab", context: { cluster: "c", user: "u" } },
      { name: "other", context: { cluster: "c", user: "v" } },
    ],
  }, "/second/config");
  const third = entriesOf({ "current-context": "other" }, "/third/config");
  const pick = (files: Parameters<typeof mergeEntries>[0], wanted?: string) => {
    const { context, cluster, user } = chooseContext(mergeEntries(files), "FILES", wanted);
    return [context, cluster.server, cluster.serverName, user.tokenFile, user.username];
  };
  assertEquals(pick([first, second, third]), ["lab", "https://first", undefined, "/first/token", undefined]);
  assertEquals(pick([third, second, first]), [
    "other",
    "https://second",
    "second",
    "/second/token",
    undefined,
  ]);
  assertEquals(pick([first, second], "other"), [
    "other",
    "https://first",
    undefined,
    "/second/token",
    undefined,
  ]);
});
