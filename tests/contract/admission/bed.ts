/**
 * The webhooks on a real kube-apiserver, as the manifests install them and with the controller's own rights. Only the
 * Service is another one: without a proxy for Services on 127.0.0.1 it is of type ExternalName, which the API server
 * resolves by itself, and the webhook configuration names the port that the system chose.
 */
import { assert, assertEquals } from "@std/assert";
import { parseAllDocuments, stringify } from "yaml";
import { serveWebhooks, type WebhookOptions } from "../../../controller/io/admission/serve.ts";
import { type Lifetimes, usualLifetimes } from "../../../controller/certificates/renewal.ts";
import { Logger, type LogRecord } from "../../../core/log.ts";
import { generate } from "../../../crds/generate.ts";
import { type KubeClient, openClient } from "../../../kube/client.ts";
import { systemClock } from "../../../kube/clock.ts";
import type { KubernetesBinaries } from "../../lab/controlplane/binaries.ts";
import { type RealControlPlane, startRealControlPlane } from "../../lab/controlplane/real.ts";
import { until } from "../../lab/wait.ts";

export const installation = "metallb-system";
const manifests = new URL("../../../deploy/manifests/", import.meta.url);
const controllerToken = "the-controllers-own-token";
const patienceMs = 30_000;

/** What kubectl said. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Json = Record<string, unknown>;

/** One controller, as far as it serves webhooks. */
export class Replica {
  readonly lines: LogRecord[] = [];
  readonly #stop = new AbortController();
  readonly #client: KubeClient;
  readonly #ended: Promise<void>;
  readonly #listening = Promise.withResolvers<number>();

  constructor(plane: RealControlPlane, port: number, lifetimes: Lifetimes = usualLifetimes) {
    this.#client = openClient({
      config: {
        ...{ url: plane.url, namespace: installation, source: "the test" },
        tls: () => Promise.resolve({ caPem: plane.caPem }),
        headers: () => Promise.resolve({ authorization: `Bearer ${controllerToken}` }),
      },
      clock: systemClock,
      random: Math.random,
      userAgent: "pewter-test",
    });
    const options: WebhookOptions = {
      ...{ api: this.#client, clock: systemClock, random: Math.random, namespace: installation },
      log: new Logger("info", (record) => this.lines.push(record), () => Date.now()),
      certificates: {
        kind: "secret",
        secretName: "metallb-webhook-cert",
        serviceName: "metallb-webhook-service",
        lifetimes,
      },
      minVersion: "TLSv1.3",
      listen: { hostname: "127.0.0.1", port },
      listening: this.#listening.resolve,
    };
    this.#ended = serveWebhooks(options, this.#stop.signal);
  }

  /** Resolves when it listens, with its port. */
  get port(): Promise<number> {
    return this.#listening.promise;
  }

  said(event: string): readonly LogRecord[] {
    return this.lines.filter((line) => line.event.name === event);
  }

  async stop(): Promise<void> {
    this.#stop.abort("SIGTERM");
    await this.#ended;
    this.#client.close();
  }
}

export class Bed {
  /** A port for the one replica that the API server asks. */
  readonly port: number;
  readonly #replicas = new Set<Replica>();

  private constructor(readonly plane: RealControlPlane, readonly dir: string) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = listener.addr.port;
  }

  static async make(binaries: KubernetesBinaries): Promise<Bed> {
    const dir = await Deno.makeTempDir({ prefix: "pewter-admission-" });
    const user = `system:serviceaccount:${installation}:controller`;
    const users = [{ token: controllerToken, user, groups: ["system:serviceaccounts"] }];
    const bed = new Bed(await startRealControlPlane({ binaries, dir, guard: true, users }), dir);
    await bed.#install();
    return bed;
  }

  async end(): Promise<void> {
    for (const replica of this.#replicas) await replica.stop();
    await this.plane.stop();
    await Deno.remove(this.dir, { recursive: true });
  }

  start(port: number, lifetimes?: Lifetimes): Replica {
    const replica = new Replica(this.plane, port, lifetimes);
    this.#replicas.add(replica);
    return replica;
  }

  async stop(replica: Replica): Promise<void> {
    this.#replicas.delete(replica);
    await replica.stop();
  }

  async kubectl(args: readonly string[], input = ""): Promise<Said> {
    const child = new Deno.Command("kubectl", {
      args: ["--kubeconfig", this.plane.kubeconfigPath, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  }

  /** kubectl that must succeed. */
  async does(args: readonly string[], input = ""): Promise<Said> {
    const said = await this.kubectl(args, input);
    assertEquals([args, said.code, said.code === 0 ? "" : said.err], [args, 0, ""]);
    return said;
  }

  async apply(...objects: readonly Json[]): Promise<Said> {
    return await this.kubectl(["apply", "-f", "-"], objects.map((object) => stringify(object)).join("---\n"));
  }

  async read(...args: readonly string[]): Promise<Json> {
    return JSON.parse((await this.does(["get", ...args, "-o", "json"])).out);
  }

  /** Waits until the API server asks the webhook: it learns of its configuration a moment later. */
  async asked(): Promise<void> {
    await until("the webhook being asked", patienceMs, async () => {
      const probe = object("IPAddressPool", "probe", { addresses: ["198.18.0.0/24"] }, "default");
      const { code, err } = await this.kubectl(["create", "--dry-run=server", "-f", "-"], stringify(probe));
      assert(code !== 0 && err.includes(`must be created in ${installation} namespace`), err);
      return true;
    }, 50);
  }

  async #install(): Promise<void> {
    const file = (name: string) => Deno.readTextFile(new URL(name, manifests));
    await this.does(["apply", "-f", "-"], await file("00-namespace.yaml"));
    await this.does(["apply", "-f", "-"], generate().map(({ text }) => text).join("---\n"));
    await this.does(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
    await this.does(["apply", "-f", "-"], await file("20-rbac.yaml"));
    const documents = parseAllDocuments(await file("50-webhooks.yaml")).map((one) => one.toJS() as Json);
    await this.does(
      ["apply", "-f", "-"],
      documents.map((document) => stringify(reachable(document, this.port))).join("---\n"),
    );
    const conversion = {
      spec: { conversion: { webhook: { clientConfig: { service: { port: this.port } } } } },
    };
    await this.does([
      ...["patch", "crd", "bgppeers.metallb.io", "--type=merge", "-p"],
      JSON.stringify(conversion),
    ]);
  }
}

/** A manifest of metallb.io. */
export function object(kind: string, name: string, spec: unknown, namespace = installation): Json {
  const version = kind === "BGPPeer" ? "v1beta2" : "v1beta1";
  return { apiVersion: `metallb.io/${version}`, kind, metadata: { name, namespace }, spec };
}

/** See the head of this file. */
function reachable(manifest: Json, port: number): Json {
  if (manifest["kind"] === "Service") {
    return { ...manifest, spec: { type: "ExternalName", externalName: "localhost" } };
  }
  if (!Array.isArray(manifest["webhooks"])) return manifest;
  return {
    ...manifest,
    webhooks: manifest["webhooks"].map((webhook) => ({
      ...webhook,
      clientConfig: { service: { ...webhook.clientConfig.service, port } },
    })),
  };
}
