/**
 * The Kubernetes binaries of the real control plane: from KUBEBUILDER_ASSETS where that is set, else built once from
 * tests/lab/kubernetes into the user's cache folder, where `go` is installed.
 */
import { findCommand, toolPath } from "../../setup.ts";
import { run } from "../command.ts";

const built = ["kube-apiserver", "kube-controller-manager", "kube-proxy", "kubectl"] as const;

/** Absolute paths; null where this machine has none. */
export interface KubernetesBinaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string | null;
  readonly kubeProxy: string | null;
  /** The one on the PATH if there is one. */
  readonly kubectl: string | null;
}

/** Why there is no real control plane here, for a skip that says so. */
export interface Unavailable {
  readonly unavailable: string;
}

const moduleFolder = new URL("../kubernetes/", import.meta.url).pathname;

/** The version that go.mod asks for, as in `v1.36.3`. */
export async function kubernetesVersion(): Promise<string> {
  const version = /^\s*k8s\.io\/kubernetes (v[\d.]+)/m.exec(await Deno.readTextFile(`${moduleFolder}go.mod`))
    ?.[1];
  if (version === undefined) throw new Error(`${moduleFolder}go.mod doesn't require k8s.io/kubernetes`);
  return version;
}

/** `$XDG_CACHE_HOME/pewter`, or `~/.cache/pewter`. */
export function userCacheFolder(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/tmp"}/.cache`;
  return `${base}/pewter`;
}

/** Finds the binaries, building them when that is possible; `say` gets a line now and then meanwhile. */
export async function kubernetesBinaries(
  say: (line: string) => void = console.error,
): Promise<KubernetesBinaries | Unavailable> {
  const assets = Deno.env.get("KUBEBUILDER_ASSETS");
  if (assets !== undefined && assets !== "") return fromFolder(assets, "KUBEBUILDER_ASSETS");
  const folder = `${userCacheFolder()}/kubernetes/${await kubernetesVersion()}`;
  if (!complete(folder)) {
    if (findCommand("go") === null) {
      return {
        unavailable: `no Kubernetes binaries: neither KUBEBUILDER_ASSETS, nor ${folder}, nor go is here`,
      };
    }
    await buildOnce(folder, say);
  }
  return fromFolder(folder, "the built folder");
}

function fromFolder(folder: string, origin: string): KubernetesBinaries | Unavailable {
  const here = (name: string) => findCommand(`${folder}/${name}`);
  const etcd = here("etcd") ?? findCommand("etcd");
  const kubeApiserver = here("kube-apiserver");
  if (kubeApiserver === null) return { unavailable: `${origin} (${folder}) has no kube-apiserver` };
  if (etcd === null) return { unavailable: "etcd is not installed (Debian package etcd-server)" };
  return {
    etcd,
    kubeApiserver,
    kubeControllerManager: here("kube-controller-manager"),
    kubeProxy: here("kube-proxy"),
    kubectl: findCommand("kubectl") ?? here("kubectl"),
  };
}

function complete(folder: string): boolean {
  return built.every((name) => findCommand(`${folder}/${name}`) !== null);
}

/** Builds into a partial folder that is renamed at the end; a second builder waits for the first. */
async function buildOnce(folder: string, say: (line: string) => void): Promise<void> {
  await Deno.mkdir(folder.slice(0, folder.lastIndexOf("/")), { recursive: true });
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  const waiting = setTimeout(() => say(`waiting for another process that builds ${folder}`), 1000);
  await lock.lock(true);
  clearTimeout(waiting);
  if (complete(folder)) return;
  const partial = `${folder}.partial`;
  await Deno.mkdir(partial, { recursive: true });
  await goBuild(partial, folder.slice(folder.lastIndexOf("/") + 1), say);
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.rename(partial, folder);
}

async function goBuild(into: string, version: string, say: (line: string) => void): Promise<void> {
  say(`Building Kubernetes ${version} from source, once (about 12 minutes on 2 cores), into ${into}`);
  const env = { PATH: toolPath(), GOFLAGS: "" };
  const packages =
    (await run(["go", "list", "-deps", "./cmd/..."], { cwd: moduleFolder, env })).split("\n").length;
  const [major, minor] = version.slice(1).split(".");
  const prefix = "k8s.io/component-base/version.git";
  const flags = `-s -w -X ${prefix}Version=${version} -X ${prefix}Major=${major} -X ${prefix}Minor=${minor}`;
  const child = new Deno.Command("go", {
    args: ["build", "-v", "-buildvcs=false", "-trimpath", "-ldflags", flags, "-o", `${into}/`, "./cmd/..."],
    cwd: moduleFolder,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const began = performance.now();
  let output = "";
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1000);
    say(`  ${seconds} s: ${output.split("\n").length - 1} of at most ${packages} packages compiled`);
  }, 15_000);
  try {
    for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) output += chunk;
    const { success } = await child.status;
    if (!success) throw new Error(`go build failed:\n${output.split("\n").slice(-12).join("\n")}`);
  } finally {
    clearInterval(progress);
  }
}

if (import.meta.main) {
  const binaries = await kubernetesBinaries();
  console.log(JSON.stringify(binaries, null, 2));
  if ("unavailable" in binaries) Deno.exit(1);
}
