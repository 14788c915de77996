/** What an API server does with the generated CRDs, told by kubectl and by bare requests. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { generate } from "../../../crds/generate.ts";
import { run } from "../../lab/command.ts";
import { until } from "../../lab/wait.ts";
import { allRuleCases } from "../../golden/crds/allcases.ts";
import type { RuleCase, RuleKind } from "../../golden/crds/cases.ts";
import { bgpSamples } from "./bgpsamples.ts";
import { samples } from "./samples.ts";

/** An API server, with an administrator's token. */
export interface Server {
  readonly url: string;
  readonly caPem: string;
  readonly adminToken: string;
  readonly kubeconfigPath: string;
}

interface Status {
  readonly kind: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

const plurals: Readonly<Record<RuleKind, string>> = {
  IPAddressPool: "ipaddresspools",
  L2Advertisement: "l2advertisements",
  BGPPeer: "bgppeers",
  BGPAdvertisement: "bgpadvertisements",
  BFDProfile: "bfdprofiles",
  Community: "communities",
};

/** One server with the CRDs in it. */
export class CrdContract {
  private readonly client: Deno.HttpClient;

  constructor(private readonly server: Server) {
    this.client = Deno.createHttpClient({ caCerts: [server.caPem] });
  }

  close(): void {
    this.client.close();
  }

  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const argv = ["kubectl", "--kubeconfig", this.server.kubeconfigPath, ...args];
    return await run(argv, input === undefined ? {} : { input });
  }

  /** kubectl takes them, and the server serves the kinds. */
  async applyCrds(): Promise<void> {
    const said = await this.kubectl(["apply", "-f", "-"], generate().map(({ text }) => text).join("---\n"));
    assertEquals(said.trim().split("\n").length, generate().length);
    await this.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
    await until("metallb.io being served", 30_000, async () => {
      const [status] = await this.post("IPAddressPool", { addresses: ["192.0.2.0/24"] });
      return status !== 404 || undefined;
    });
    const again = await this.kubectl(["apply", "-f", "-"], generate().map(({ text }) => text).join("---\n"));
    for (const line of again.trim().split("\n")) assertStringIncludes(line, "unchanged");
  }

  /** The row's verdict, in a request that stores nothing. */
  async judge(rule: RuleCase): Promise<void> {
    const [code, status] = await this.post(rule.kind, rule.spec, rule.version);
    if (rule.api === null) {
      assertEquals(code, 201, status.message);
      return;
    }
    assertEquals(code, 422, `${code} ${status.message ?? ""}`);
    const causes = status.details?.causes ?? [];
    const blamed = causes.filter(({ field }) => field === rule.api?.field);
    assert(blamed.length > 0, `no cause names ${rule.api.field}: ${JSON.stringify(causes)}`);
    assertStringIncludes(blamed.map(({ message }) => message).join("\n"), rule.api.word);
  }

  /** These rules, each as a step. */
  async judgeAll(t: Deno.TestContext, rules: readonly RuleCase[] = allRuleCases): Promise<void> {
    for (const rule of rules) await t.step(`${rule.kind}: ${rule.what}`, () => this.judge(rule));
  }

  /** kubectl applies manifests such as people have, and shows them with their columns. */
  async applySamples(): Promise<void> {
    const all = [...samples, ...bgpSamples];
    await this.kubectl(["apply", "-f", "-"], all.join("---\n"));
    const again = await this.kubectl(["apply", "-f", "-"], all.join("---\n"));
    const lines = again.trim().split("\n");
    assertEquals(lines.length, all.length);
    for (const line of lines) assertStringIncludes(line, "unchanged");
  }

  /** What `kubectl get` prints of an object: the cells of each column, by the column's title. */
  async columns(resource: string, name: string, ...flags: readonly string[]): Promise<Map<string, string>> {
    const [titles = "", cells = ""] =
      (await this.kubectl(["get", "-n", "metallb-system", resource, name, ...flags])).split("\n");
    // A column begins where its title does.
    const starts = [...titles.matchAll(/\S+( \S+)*/g)];
    return new Map(starts.map((match, index) => [
      match[0],
      cells.slice(match.index, starts[index + 1]?.index ?? cells.length).trim(),
    ]));
  }

  /** POST with dryRun: validated like any other. */
  async post(
    kind: RuleKind,
    spec: unknown,
    version = kind === "BGPPeer" ? "v1beta2" : "v1beta1",
  ): Promise<[code: number, status: Status]> {
    const object = {
      apiVersion: `metallb.io/${version}`,
      kind,
      metadata: { name: "x", namespace: "metallb-system" },
      ...(spec === undefined ? {} : { spec }),
    };
    const path = `/apis/metallb.io/${version}/namespaces/metallb-system/${plurals[kind]}`;
    return await this.send("POST", `${path}?dryRun=All`, object);
  }

  async send(method: string, path: string, body: unknown): Promise<[code: number, status: Status]> {
    const response = await fetch(this.server.url + path, {
      method,
      client: this.client,
      headers: { authorization: `Bearer ${this.server.adminToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json() as Status];
  }
}
