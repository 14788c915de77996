/** The manifests against what the programs take, and against MetalLB's, whose place they take. */
import { assert, assertEquals } from "@std/assert";
import { parseAllDocuments } from "yaml";
import { parseControllerFlags } from "../../../controller/flags.ts";
import { excludeListPath, readExcludeList } from "../../../speaker/io/excludelist.ts";
import { parseSpeakerFlags } from "../../../speaker/flags.ts";

const folder = decodeURIComponent(new URL("../../../deploy/manifests/", import.meta.url).pathname);
const namespace = "metallb-system";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string }[];
  readonly securityContext: Record<string, unknown>;
  readonly livenessProbe: Record<string, unknown>;
  readonly readinessProbe: Record<string, unknown>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface PodSpec extends Record<string, unknown> {
  readonly serviceAccountName: string;
  readonly containers: readonly Container[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  readonly data?: Record<string, string>;
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace: string }[];
  readonly spec?: {
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: PodSpec;
    };
  };
}

const objects = await readAll();

Deno.test("manifests: what is installed, by MetalLB's names", () => {
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  assertEquals(names, [
    "Namespace metallb-system",
    "CustomResourceDefinition bfdprofiles.metallb.io",
    "CustomResourceDefinition bgpadvertisements.metallb.io",
    "CustomResourceDefinition bgppeers.metallb.io",
    "CustomResourceDefinition communities.metallb.io",
    "CustomResourceDefinition configurationstates.metallb.io",
    "CustomResourceDefinition ipaddresspools.metallb.io",
    "CustomResourceDefinition l2advertisements.metallb.io",
    "CustomResourceDefinition servicebgpstatuses.metallb.io",
    "CustomResourceDefinition servicel2statuses.metallb.io",
    "ServiceAccount controller",
    "ServiceAccount speaker",
    "ClusterRole metallb-system:controller",
    "ClusterRole metallb-system:speaker",
    "Role controller",
    "Role pod-lister",
    "ClusterRoleBinding metallb-system:controller",
    "ClusterRoleBinding metallb-system:speaker",
    "RoleBinding controller",
    "RoleBinding pod-lister",
    "Deployment controller",
    "ConfigMap metallb-excludel2",
    "DaemonSet speaker",
    "Secret metallb-webhook-cert",
    "Service metallb-webhook-service",
    "ValidatingWebhookConfiguration metallb-webhook-configuration",
  ]);
  const clusterWide = [
    ...["Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding"],
    "ValidatingWebhookConfiguration",
  ];
  for (const { kind, metadata } of objects) {
    assertEquals([kind, metadata.namespace], [kind, clusterWide.includes(kind) ? undefined : namespace]);
  }
});

Deno.test("manifests: roles grant single verbs on named resources, and only read Secrets, of one namespace", () => {
  for (const { kind, metadata, rules = [] } of objects) {
    for (const rule of rules) {
      const words = [...rule.apiGroups, ...rule.resources, ...rule.verbs];
      assert(words.every((word) => !word.includes("*")), `${metadata.name}: ${JSON.stringify(rule)}`);
      if (!rule.resources.includes("secrets")) continue;
      assertEquals([kind, rule.resources], ["Role", ["secrets"]]);
      // The one that the controller writes is named.
      const reads = rule.verbs.every((verb) => ["get", "list", "watch"].includes(verb));
      assert(reads || rule.resourceNames?.length === 1, `${metadata.name}: ${JSON.stringify(rule)}`);
    }
  }
});

Deno.test("manifests: each role is bound to the account that needs it, and to no other", () => {
  const bindings = objects.filter(({ roleRef }) => roleRef !== undefined).map(({ roleRef, subjects }) => [
    `${roleRef?.kind} ${roleRef?.name}`,
    subjects?.map((subject) => `${subject.namespace}/${subject.name}`),
  ]);
  assertEquals(bindings, [
    ["ClusterRole metallb-system:controller", [`${namespace}/controller`]],
    ["ClusterRole metallb-system:speaker", [`${namespace}/speaker`]],
    ["Role controller", [`${namespace}/controller`]],
    ["Role pod-lister", [`${namespace}/speaker`]],
  ]);
});

Deno.test("manifests: the programs take their arguments and variables, and every one has an effect", () => {
  const parsers = { controller: parseControllerFlags, speaker: parseSpeakerFlags };
  for (const component of ["controller", "speaker"] as const) {
    const { args, env } = containerOf(component);
    const result = parsers[component](args, Object.fromEntries(env.map(({ name }) => [name, "x"])));
    assertEquals(result.kind === "options" ? result.withoutEffect : result, []);
  }
});

Deno.test("manifests: labels and accounts as MetalLB's", () => {
  for (const component of ["controller", "speaker"]) {
    const { metadata, spec } = workload(component);
    const labels = { app: "metallb", component };
    assertEquals(metadata.labels, labels);
    assertEquals(spec?.selector.matchLabels, labels);
    assertEquals(spec?.template.metadata.labels, labels);
    assertEquals(spec?.template.spec.serviceAccountName, component);
  }
});

Deno.test("manifests: the controller runs without any power", () => {
  const pod = podOf("controller");
  assertEquals(pod["hostNetwork"], undefined);
  assertEquals(pod["securityContext"], {
    runAsNonRoot: true,
    runAsUser: 65534,
    runAsGroup: 65534,
    fsGroup: 65534,
    seccompProfile: { type: "RuntimeDefault" },
  });
  assertEquals(containerOf("controller").securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
});

Deno.test("manifests: the speaker has the node's network and NET_RAW, and nothing else", () => {
  const pod = podOf("speaker");
  assertEquals([pod["hostNetwork"], pod["nodeSelector"]], [true, { "kubernetes.io/os": "linux" }]);
  assertEquals(containerOf("speaker").securityContext, {
    runAsUser: 0,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"], add: ["NET_RAW"] },
  });
  for (const key of ["master", "control-plane"]) {
    const toleration = { key: `node-role.kubernetes.io/${key}`, effect: "NoSchedule", operator: "Exists" };
    assert(JSON.stringify(pod["tolerations"]).includes(JSON.stringify(toleration)), key);
  }
});

Deno.test("manifests: probes as MetalLB's", () => {
  const timing = {
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 1,
    successThreshold: 1,
    failureThreshold: 3,
  };
  for (const component of ["controller", "speaker"]) {
    const { livenessProbe, readinessProbe } = containerOf(component);
    const host = component === "speaker" ? { host: "127.0.0.1" } : {};
    assertEquals(livenessProbe, { httpGet: { ...host, path: "/healthz", port: "health" }, ...timing });
    assertEquals(readinessProbe, { httpGet: { ...host, path: "/readyz", port: "health" }, ...timing });
  }
});

Deno.test("manifests: the speaker can read the list of excluded interfaces where it is mounted", async () => {
  const list = objects.find(({ kind }) => kind === "ConfigMap")?.data ?? {};
  const mount = containerOf("speaker").volumeMounts?.[0]?.mountPath;
  assertEquals(Object.keys(list).map((name) => `${mount}/${name}`), [excludeListPath]);
  const file = await Deno.makeTempFile({ prefix: "pewter-exclude-" });
  try {
    await Deno.writeTextFile(file, list["excludel2.yaml"] ?? "");
    const expressions = await readExcludeList(file);
    assertEquals(expressions?.length, 14);
    for (const name of ["docker0", "veth12", "lo", "cali1", "kube-ipvs0", "nodelocaldns"]) {
      assert(expressions?.some((one) => new RegExp(one).test(name)), name);
    }
    for (const name of ["eth0", "bond0", "ens3", "lo0"]) {
      assert(!expressions?.some((one) => new RegExp(one).test(name)), name);
    }
  } finally {
    await Deno.remove(file);
  }
});

async function readAll(): Promise<readonly Manifest[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  const found: Manifest[] = [];
  for (const name of names.sort()) {
    for (const document of parseAllDocuments(await Deno.readTextFile(folder + name))) {
      assertEquals([name, document.errors], [name, []]);
      found.push(document.toJS());
    }
  }
  return found;
}

function workload(component: string): Manifest {
  const found = objects.find(({ metadata, spec }) =>
    metadata.name === component && spec?.template !== undefined
  );
  assert(found !== undefined, component);
  return found;
}

function podOf(component: string): PodSpec {
  const pod = workload(component).spec?.template.spec;
  assert(pod !== undefined, component);
  return pod;
}

function containerOf(component: string): Container {
  const [container, ...others] = podOf(component).containers;
  assert(container !== undefined && others.length === 0, component);
  return container;
}
