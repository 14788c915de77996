/** What is there from the start, as in a fresh cluster: namespaces, the `kubernetes` Service, the default roles. */
import type { ServerState, WriteContext } from "./state.ts";
import { create } from "./write.ts";

const NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];
const RBAC = "rbac.authorization.k8s.io";

const CONTEXT: WriteContext = {
  user: { name: "system:apiserver", groups: ["system:masters"] },
  dryRun: false,
  manager: "kube-apiserver",
  fieldValidation: "Ignore",
  warnings: [],
};

interface SeedRole {
  readonly name: string;
  readonly rules: readonly Record<string, readonly string[]>[];
  /** Groups that it is bound to. */
  readonly groups: readonly string[];
}

const EVERYTHING = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };
const WORKLOADS = {
  apiGroups: ["", "apps", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io"],
  resources: [
    "configmaps",
    "daemonsets",
    "deployments",
    "endpoints",
    "endpointslices",
    "events",
    "leases",
    "pods",
    "secrets",
    "serviceaccounts",
    "services",
  ],
};
const READ = ["get", "list", "watch"];

/** A shortened form of the default roles: enough for people's `view` and `edit` bindings to mean something. */
const ROLES: readonly SeedRole[] = [
  {
    name: "cluster-admin",
    groups: ["system:masters"],
    rules: [EVERYTHING, { nonResourceURLs: ["*"], verbs: ["*"] }],
  },
  {
    name: "admin",
    groups: [],
    rules: [{ ...WORKLOADS, verbs: ["*"] }, {
      apiGroups: [RBAC],
      resources: ["roles", "rolebindings"],
      verbs: ["*"],
    }],
  },
  { name: "edit", groups: [], rules: [{ ...WORKLOADS, verbs: ["*"] }] },
  {
    name: "view",
    groups: [],
    rules: [{ ...WORKLOADS, resources: WORKLOADS.resources.filter((one) => one !== "secrets"), verbs: READ }],
  },
  {
    name: "system:discovery",
    groups: ["system:authenticated"],
    rules: [{
      nonResourceURLs: [
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
        "/version/",
      ],
      verbs: ["get"],
    }],
  },
  {
    name: "system:basic-user",
    groups: ["system:authenticated"],
    rules: [
      {
        apiGroups: ["authorization.k8s.io"],
        resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        verbs: ["create"],
      },
      { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
    ],
  },
];

/** Creates it all. */
export function seed(state: ServerState, moreNamespaces: readonly string[]): void {
  const put = (
    apiVersion: string,
    plural: string,
    namespace: string,
    body: Record<string, unknown>,
  ): void => {
    const slash = apiVersion.indexOf("/");
    const info = state.registry.find(
      slash < 0 ? "" : apiVersion.slice(0, slash),
      apiVersion.slice(slash + 1),
      plural,
    );
    if (info === undefined) throw new Error(`seed: ${apiVersion} ${plural} is not served`);
    create(
      state,
      { info, namespace, name: "", subresource: "" },
      { apiVersion, kind: info.kind, ...body },
      CONTEXT,
    );
  };
  for (const name of new Set([...NAMESPACES, ...moreNamespaces])) {
    put("v1", "namespaces", "", { metadata: { name } });
  }
  put("v1", "services", "default", {
    metadata: { name: "kubernetes", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: { clusterIP: "10.96.0.1", ports: [{ name: "https", port: 443, targetPort: 6443 }] },
  });
  for (const { name, rules, groups } of ROLES) {
    put(`${RBAC}/v1`, "clusterroles", "", { metadata: { name }, rules });
    if (groups.length === 0) continue;
    put(`${RBAC}/v1`, "clusterrolebindings", "", {
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name },
      subjects: groups.map((group) => ({ apiGroup: RBAC, kind: "Group", name: group })),
    });
  }
}
