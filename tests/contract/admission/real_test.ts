/** A real kube-apiserver that asks our webhooks, and kubectl in front of it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { usualLifetimes } from "../../../controller/certificates/renewal.ts";
import { kubernetesBinaries } from "../../lab/controlplane/binaries.ts";
import { until } from "../../lab/wait.ts";
import { skippable } from "../../support/skip.ts";
import { Bed, installation, object, type Replica } from "./bed.ts";

const binaries = await kubernetesBinaries();
const reason = "unavailable" in binaries ? binaries.unavailable : null;

const dayMs = 86_400_000;
const secretPath = ["secret", "metallb-webhook-cert", "-n", installation] as const;

const pool = (name: string, ...addresses: string[]) => object("IPAddressPool", name, { addresses });
const peer = (name: string, extra: Record<string, unknown> = {}) =>
  object("BGPPeer", name, { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1", ...extra });

Deno.test({
  ...skippable("webhooks on a real kube-apiserver", reason),
  fn: async (t) => {
    if ("unavailable" in binaries) return;
    const bed = await Bed.make(binaries);
    try {
      await t.step("before the controller was ever there nothing is blocked", () => blocksNothing(bed));
      // Its certificates are of an authority with a day to live.
      const first = bed.start(bed.port, {
        ...usualLifetimes,
        authorityMs: dayMs,
        serverMs: dayMs,
        renewBeforeMs: 0,
      });
      await t.step("certificates are made, stored and named to the API server", () => startsUp(bed, first));
      await t.step("kubectl shows the field of what is refused", () => refuses(bed));
      await t.step("kubectl shows warnings of what is taken", () => warns(bed));
      await t.step("an old fault blocks nobody", () => toleratesOldFaults(bed));
      await t.step("a BFDProfile in use can't be deleted", () => keepsProfiles(bed));
      await t.step("BGPPeers are converted in both directions", () => converts(bed));
      await t.step(
        "another replica renews what ends soon, and the first one serves it",
        () => rotates(bed, first),
      );
      await t.step("one that comes later takes what is there", () => reuses(bed));
      await bed.stop(first);
      await t.step("with the controller down nothing is blocked", () => blocksNothing(bed));
      await t.step("and only what needs conversion fails, by name", () => failsConversion(bed));
      await t.step("after a restart it goes on with the same certificates", () => goesOn(bed));
    } finally {
      await bed.end();
    }
  },
});

/** Two pools that contradict each other are taken, at once. */
async function blocksNothing(bed: Bed): Promise<void> {
  const startMs = performance.now();
  const { code, err } = await bed.apply(pool("a", "198.51.100.0/25"), pool("b", "198.51.100.0/24"));
  assertEquals([code, err], [0, ""]);
  assert(performance.now() - startMs < 10_000);
  await bed.does(["delete", "ipaddresspools", "-n", installation, "--all"]);
}

async function startsUp(bed: Bed, replica: Replica): Promise<void> {
  await replica.port;
  await bed.asked();
  const secret = await bed.read(...secretPath) as { readonly data: Record<string, string> };
  assertEquals(Object.keys(secret.data).sort(), ["ca.crt", "ca.key", "tls.crt", "tls.key"]);
  for (const bundle of await bundles(bed)) assertEquals(bundle, secret.data["ca.crt"]);
  assertEquals(replica.said("certificatesMade").length, 1);
  assertEquals(replica.said("authorityInjected").length, 2);
}

/** Of all webhooks and of the conversion. */
async function bundles(bed: Bed): Promise<readonly unknown[]> {
  type Config = { readonly clientConfig: { readonly caBundle?: string } };
  const configuration = await bed.read("validatingwebhookconfigurations", "metallb-webhook-configuration");
  const crd = await bed.read("crd", "bgppeers.metallb.io") as {
    readonly spec: { readonly conversion: { readonly webhook: Config } };
  };
  const webhooks = configuration["webhooks"] as readonly Config[];
  assertEquals(webhooks.length, 6);
  return [...webhooks, crd.spec.conversion.webhook].map(({ clientConfig }) => clientConfig.caBundle);
}

async function refuses(bed: Bed): Promise<void> {
  assertEquals((await bed.apply(pool("first", "192.0.2.0/25", "2001:db8::/64"))).code, 0);
  const overlap = await bed.apply(pool("second", "198.51.100.0/24", "192.0.2.100-192.0.2.200"));
  assertEquals(overlap.code, 1);
  assertStringIncludes(overlap.err, 'The IPAddressPool "second" is invalid');
  assertStringIncludes(overlap.err, "spec.addresses[1]: ");
  assertStringIncludes(overlap.err, "overlaps with already defined CIDR");
  await refusedFor(
    bed,
    object("BGPAdvertisement", "wide", { aggregationLength: 24, ipAddressPools: ["first"] }),
    "spec.aggregationLength: invalid aggregation length 24: prefix 25 in this pool is more specific than the " +
      "aggregation length for addresses 192.0.2.0/25",
  );
  assertEquals((await bed.apply(peer("one"))).code, 0);
  await refusedFor(bed, peer("two"), "spec.peerAddress: ", "already exists");
  const alias = (name: string) =>
    object("Community", name, { communities: [{ name: "blackhole", value: "65535:666" }] });
  assertEquals((await bed.apply(alias("names"))).code, 0);
  await refusedFor(
    bed,
    alias("again"),
    "spec.communities[0].name: ",
    "duplicate definition of community",
  );
  await refusedFor(
    bed,
    object("L2Advertisement", "elsewhere", {}, "default"),
    "metadata.namespace: ",
    "resource must be created in metallb-system namespace",
  );
}

async function refusedFor(bed: Bed, manifest: Record<string, unknown>, ...words: string[]): Promise<void> {
  const { code, err } = await bed.apply(manifest);
  assertEquals(code, 1, err);
  for (const word of words) assertStringIncludes(err, word);
}

async function warns(bed: Bed): Promise<void> {
  const { code, err } = await bed.apply(peer("three", {
    ...{ peerAddress: "192.0.2.3", bfdProfile: "fast", disableMP: true },
    passwordSecret: { name: "secret-of-three" },
  }));
  assertEquals(code, 0);
  const warnings = err.split("\n").filter((line) => line !== "");
  const of = (field: string) =>
    warnings.filter((line) => line.startsWith(`Warning: BGPPeer "three", spec.${field}: `));
  assertEquals(["bfdProfile", "disableMP", "passwordSecret"].map((field) => of(field).length), [1, 1, 1]);
  assertEquals(warnings.length, 3);
  assertStringIncludes(of("bfdProfile").join(), 'there is no BFDProfile "fast"');
  const selecting = (team: string) =>
    object("IPAddressPool", "selecting", {
      addresses: ["198.18.0.0/24"],
      serviceAllocation: { namespaceSelectors: [{ matchLabels: { team } }] },
    });
  await bed.does(["label", "namespace", "default", "team=web"]);
  assertStringIncludes(
    (await bed.apply(selecting("none"))).err,
    'Warning: IPAddressPool "selecting", spec.serviceA',
  );
  assertEquals((await bed.apply(selecting("web"))).err, "");
  await bed.does([
    ...["create", "secret", "generic", "secret-of-three", "-n", installation],
    ...["--type=kubernetes.io/basic-auth", "--from-literal=password=xyzzy"],
  ]);
  const quiet = await bed.does(["annotate", "bgppeer", "three", "-n", installation, "touched=yes"]);
  assert(!quiet.err.includes("passwordSecret"), quiet.err);
}

/** Made while the controller was away, for example. */
async function toleratesOldFaults(bed: Bed): Promise<void> {
  const name = "metallb-webhook-configuration";
  const saved = await bed.read("validatingwebhookconfigurations", name);
  await bed.does(["delete", "validatingwebhookconfigurations", name]);
  await until("the webhook not being asked", 30_000, async () => {
    const { code } = await bed.apply(pool("fault", "192.0.2.0/24"));
    return code === 0 || undefined;
  });
  const { metadata: _, ...rest } = saved;
  assertEquals((await bed.apply({ ...rest, metadata: { name } })).code, 0);
  await bed.asked();
  assertEquals((await bed.apply(pool("unrelated", "203.0.113.0/24"))).code, 0);
  const touched = await bed.does(["label", "ipaddresspool", "fault", "-n", installation, "seen=yes"]);
  assertStringIncludes(touched.err, "overlaps with already defined CIDR");
  await refusedFor(
    bed,
    pool("fault", "192.0.2.0/24", "203.0.113.9/32"),
    "spec.addresses[1]: ",
    "overlaps with already defined CIDR",
  );
  await bed.does(["delete", "ipaddresspool", "fault", "-n", installation]);
}

async function keepsProfiles(bed: Bed): Promise<void> {
  assertEquals((await bed.apply(object("BFDProfile", "fast", {}))).code, 0);
  const remove = () => bed.kubectl(["delete", "bfdprofile", "fast", "-n", installation]);
  const refused = await remove();
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, 'failed to delete BFDProfile "fast": BGPPeer "three"');
  await bed.does(["delete", "bgppeer", "three", "-n", installation]);
  assertEquals((await remove()).code, 0);
}

async function converts(bed: Bed): Promise<void> {
  const old = {
    ...{
      apiVersion: "metallb.io/v1beta1",
      kind: "BGPPeer",
      metadata: { name: "old", namespace: installation },
    },
    spec: { myASN: 64512, peerASN: 64514, peerAddress: "192.0.2.9" },
  };
  const { code, err } = await bed.apply(old);
  assertEquals(code, 0, err);
  assertStringIncludes(err, "Warning: metallb.io/v1beta1 BGPPeer is deprecated");
  const up = await bed.read("bgppeers.v1beta2.metallb.io", "old", "-n", installation);
  assertEquals((up["spec"] as Record<string, unknown>)["holdTime"], "0s");
  const down = await bed.read("bgppeers.v1beta1.metallb.io", "one", "-n", installation);
  assertEquals(down["apiVersion"], "metallb.io/v1beta1");
  assertEquals((down["spec"] as Record<string, unknown>)["nodeSelectors"], []);
  // The API server converts it for the webhook, too.
  await refusedFor(
    bed,
    { ...old, metadata: { ...old.metadata, name: "older" } },
    "spec.peerAddress: ",
    "already exists",
  );
  const all = await bed.read("bgppeers.v1beta1.metallb.io", "-n", installation) as {
    readonly items: readonly { readonly apiVersion: string }[];
  };
  assertEquals(all.items.map(({ apiVersion }) => apiVersion), ["metallb.io/v1beta1", "metallb.io/v1beta1"]);
}

async function rotates(bed: Bed, first: Replica): Promise<void> {
  const before = await servedCertificate(bed.port);
  const second = bed.start(0);
  const secondPort = await second.port;
  assertEquals(second.said("certificatesMade").length, 1);
  await until("the first replica serving the new certificate", 30_000, async () => {
    const [mine, others] = [await servedCertificate(bed.port), await servedCertificate(secondPort)];
    return (mine === others && mine !== before) || undefined;
  });
  assertEquals(first.said("certificatesMade").length, 1);
  const secret = await bed.read(...secretPath) as { readonly data: Record<string, string> };
  const authorities = atob(secret.data["ca.crt"] ?? "").match(/BEGIN CERTIFICATE/g);
  assertEquals(authorities?.length, 2);
  for (const bundle of await bundles(bed)) assertEquals(bundle, secret.data["ca.crt"]);
  await bed.asked();
  await bed.read("bgppeers.v1beta1.metallb.io", "one", "-n", installation);
  await bed.stop(second);
}

/** The certificate that a new connection to this port meets, as OpenSSL prints it. */
async function servedCertificate(port: number): Promise<string> {
  const { connect } = await import("node:tls");
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
  });
  socket.on("error", reject);
  return await promise;
}

async function reuses(bed: Bed): Promise<void> {
  const before = await bed.read(...secretPath);
  const third = bed.start(0);
  assertEquals(await servedCertificate(await third.port), await servedCertificate(bed.port));
  assertEquals(third.lines.map(({ event }) => event.name), ["serving"]);
  assertEquals(await bed.read(...secretPath), before);
  await bed.stop(third);
}

async function failsConversion(bed: Bed): Promise<void> {
  const { code, err } = await bed.kubectl(["get", "bgppeers.v1beta1.metallb.io", "-n", installation]);
  assertEquals(code, 1);
  assertStringIncludes(err, "metallb-webhook-service");
  await bed.does(["get", "bgppeers.v1beta2.metallb.io", "-n", installation]);
}

async function goesOn(bed: Bed): Promise<void> {
  const again = bed.start(bed.port);
  await again.port;
  await bed.asked();
  assertEquals(again.said("certificatesMade").length, 0);
}
