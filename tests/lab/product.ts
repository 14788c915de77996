/**
 * Pewter itself in the lab: what deploy/ installs is applied as it is, and the lab, in the kubelets' place, starts the
 * executables of dist/ with the arguments and environment of those manifests, and with tokens of their ServiceAccounts.
 */
import { type LabApi, type Manifest, parseManifests } from "./api.ts";
import { kubeconfig } from "./controlplane/kubeconfig.ts";
import { labFolder } from "./isolation.ts";
import { environment, expand, type PodPlan, type Workload } from "./podplan.ts";
import { LabProcess } from "./process.ts";
import { mainInterface, type Topology } from "./topology.ts";
import { until } from "./wait.ts";

const root = new URL("../../", import.meta.url).pathname;

/** Where things are; the defaults are what `deno task build` and deploy/ hold. */
export interface ProductPlaces {
  readonly manifests: string;
  readonly controller: string;
  readonly speaker: string;
}

export const productPlaces: ProductPlaces = {
  manifests: `${root}deploy/manifests`,
  controller: `${root}dist/bin/controller`,
  speaker: `${root}dist/bin/speaker`,
};

/** The objects in a folder of manifests, files in order of their names; kustomization files are no objects. */
export async function readManifestFolder(folder: string): Promise<readonly Manifest[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && /\.ya?ml$/.test(name) && !name.startsWith("kustomization.")) names.push(name);
  }
  const objects: Manifest[] = [];
  for (const name of names.sort()) {
    objects.push(...parseManifests(await Deno.readTextFile(`${folder}/${name}`), `${folder}/${name}`));
  }
  return objects;
}

/** What must be there before the others. */
const earlyKinds: readonly string[] = ["Namespace", "CustomResourceDefinition"];

export interface ProductOptions {
  readonly api: LabApi;
  readonly topology: Topology;
  readonly url: string;
  readonly caPem?: string;
  readonly places?: ProductPlaces;
  /** In the place of `--log-level` of the manifests. */
  readonly logLevel?: string;
}

/** Further arguments, for scenarios about flags. */
export interface ExtraArguments {
  readonly controller: readonly string[];
  readonly speaker: readonly string[];
}

export class Product {
  readonly #options: ProductOptions;
  readonly #processes = new Map<string, LabProcess>();
  readonly #plans = new Map<string, PodPlan>();
  #extra: ExtraArguments = { controller: [], speaker: [] };

  constructor(options: ProductOptions) {
    this.#options = options;
  }

  /** Applies the manifests and makes the Pod objects; nothing is started yet. */
  async install(): Promise<void> {
    const { api, topology, places = productPlaces } = this.#options;
    const objects = await readManifestFolder(places.manifests);
    if (objects.length === 0) throw new Error(`${places.manifests} has no manifests`);
    for (const kind of earlyKinds) {
      for (const object of objects.filter((each) => each.kind === kind)) await api.apply(object);
    }
    await waitForKinds(api, objects);
    for (const object of objects.filter((each) => !earlyKinds.includes(each.kind))) await api.apply(object);
    const controller = onlyOne(objects, "Deployment");
    const speaker = onlyOne(objects, "DaemonSet");
    await this.#plan({
      component: "controller",
      workload: controller,
      host: topology.controller,
      podName: "controller-0",
    });
    for (const node of topology.nodes) {
      await this.#plan({
        component: "speaker",
        workload: speaker,
        host: node,
        podName: `speaker-${node.name}`,
      });
    }
  }

  async #plan(plan: PodPlan): Promise<void> {
    const { api } = this.#options;
    const { workload, host, podName } = plan;
    const template = workload.spec.template;
    const pod: Manifest = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: podName,
        namespace: namespaceOf(workload),
        labels: template.metadata.labels ?? {},
      },
      spec: {
        ...(plan.component === "speaker" ? { nodeName: host.name, hostNetwork: true } : {}),
        serviceAccountName: template.spec.serviceAccountName,
        containers: [{ name: plan.component, image: "pewter.invalid/lab" }],
      },
    };
    await api.apply(pod);
    const { ipv4, ipv6 } = mainInterface(host);
    const status = {
      phase: "Running",
      hostIP: ipv4,
      podIP: ipv4,
      podIPs: [{ ip: ipv4 }, { ip: ipv6 }],
      conditions: [{ type: "Ready", status: "True" }],
    };
    await api.patch(pod, { status }, "status");
    this.#plans.set(processName(plan), plan);
  }

  get names(): readonly string[] {
    return [...this.#plans.keys()];
  }

  get processes(): readonly LabProcess[] {
    return [...this.#processes.values()];
  }

  /** `controller`, or `speaker on <node>`. */
  process(name: string): LabProcess {
    const process = this.#processes.get(name);
    if (process === undefined) throw new Error(`there is no ${name}; there are ${this.names.join(", ")}`);
    return process;
  }

  /** Starts what isn't running, all of it at once. */
  async startAll(): Promise<void> {
    await Promise.all(
      this.names.filter((name) => !this.#processes.get(name)?.running).map((name) => this.start(name)),
    );
  }

  /** Starts one, with a fresh token. */
  async start(name: string): Promise<void> {
    const plan = this.#plans.get(name);
    if (plan === undefined) throw new Error(`there is no ${name}; there are ${this.names.join(", ")}`);
    const { api, url, caPem, places = productPlaces, logLevel } = this.#options;
    const { component, workload, host, podName } = plan;
    const user = workload.spec.template.spec.serviceAccountName;
    const namespace = namespaceOf(workload);
    const token = await api.serviceAccountToken(namespace, user);
    const file = `${labFolder}/${podName}.kubeconfig`;
    const config = { server: url, token, user, namespace, ...(caPem === undefined ? {} : { caPem }) };
    await Deno.writeTextFile(file, kubeconfig(config), { mode: 0o600 });
    const env = environment(plan);
    const container = workload.spec.template.spec.containers[0];
    const args = (container?.args ?? []).map((argument) => expand(argument, env))
      .map((argument) =>
        logLevel !== undefined && /^--?log-level=/.test(argument) ? `--log-level=${logLevel}` : argument
      );
    const process = new LabProcess({
      name,
      argv: [places[component], ...args, `--kubeconfig=${file}`, ...this.#extra[component]],
      logFile: `${labFolder}/${podName}.log`,
      namespace: host.name,
      env: { ...env, DENO_NO_UPDATE_CHECK: "1" },
    });
    this.#processes.set(name, process);
    process.start();
  }

  /** Takes effect at the next start. Returns whether anything changed. */
  setExtraArguments(extra: ExtraArguments): boolean {
    const changed = JSON.stringify(extra) !== JSON.stringify(this.#extra);
    this.#extra = extra;
    return changed;
  }
}

function processName({ component, host }: PodPlan): string {
  return component === "controller" ? "controller" : `speaker on ${host.name}`;
}

function onlyOne(objects: readonly Manifest[], kind: string): Workload {
  const [found, second] = objects.filter((object) => object.kind === kind);
  if (found === undefined || second !== undefined) {
    throw new Error(`the manifests must have exactly one ${kind}`);
  }
  return found as Workload;
}

function namespaceOf(object: Manifest): string {
  return object.metadata.namespace ?? "default";
}

/** A CustomResourceDefinition is served a moment after it was applied. */
async function waitForKinds(api: LabApi, objects: readonly Manifest[]): Promise<void> {
  interface Definition extends Manifest {
    readonly spec: {
      readonly group: string;
      readonly names: { readonly kind: string };
      readonly versions: readonly { readonly name: string; readonly served: boolean }[];
    };
  }
  const definitions = objects.filter((object) => object.kind === "CustomResourceDefinition") as Definition[];
  for (const { spec } of definitions) {
    for (const version of spec.versions.filter((each) => each.served)) {
      await until(`the API server serving ${spec.names.kind}`, 20_000, async () => {
        await api.list(`${spec.group}/${version.name}`, spec.names.kind);
        return true;
      });
    }
  }
}
