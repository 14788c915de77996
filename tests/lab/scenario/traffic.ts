/** Expectations about pages and datagrams from a VIP. */
import { canonicalIp } from "../client/frames.ts";
import type { HttpAnswer } from "../client/protocol.ts";
import { run } from "../command.ts";
import type { Lab } from "../lab.ts";
import { NotSeen } from "./notseen.ts";
import { addressesOf, getService } from "./references.ts";
import type { TrafficExpectation } from "./scenario.ts";

const timeoutMs = 1000;

/** Asks each address once, as a client does that has forgotten its neighbours. `seen` collects Pods for `allOf`. */
export async function checkTraffic(
  lab: Lab,
  protocol: "http" | "udp",
  wanted: TrafficExpectation,
  seen: Set<string>,
): Promise<void> {
  const port = await portOf(lab, wanted, protocol === "udp" ? "UDP" : "TCP");
  await forgetNeighbours(lab);
  const client = wanted.from === "far" ? await lab.farClient() : lab.client;
  for (const ip of await addressesOf(lab, wanted.to, wanted.family)) {
    const answer = await client[protocol](ip, port, timeoutMs);
    checkAnswer(lab, wanted, `${protocol} ${ip} port ${port}`, answer, seen);
  }
  const missing = (wanted.allOf ?? []).filter((pod) => !seen.has(pod));
  if (missing.length > 0) throw new NotSeen(`these Pods have not answered yet: ${missing.join(", ")}`);
}

/** The port that is given, else the Service's first of that protocol, else 80. */
export async function portOf(lab: Lab, wanted: TrafficExpectation, protocol: "TCP" | "UDP"): Promise<number> {
  if (wanted.port !== undefined) return wanted.port;
  if (/^[\d.]+$|:/.test(wanted.to)) return 80;
  const service = await getService(lab, wanted.to);
  return service.spec.ports?.find((port) => (port.protocol ?? "TCP") === protocol)?.port ?? 80;
}

/** So that the next packet of client and router begins with ARP or NDP, as the first one does. */
export async function forgetNeighbours(lab: Lab): Promise<void> {
  const { client, router } = lab.topology;
  await Promise.all(
    [client, router].map(({ name }) => run(["ip", "-n", name, "neigh", "flush", "all"]).catch(() => {})),
  );
}

function checkAnswer(
  lab: Lab,
  wanted: TrafficExpectation,
  what: string,
  answer: HttpAnswer,
  seen: Set<string>,
): void {
  if (wanted.silent === true) {
    if (answer.error === null) {
      throw new NotSeen(`${what} is answered: ${answer.body.replaceAll("\n", ", ")}`);
    }
    return;
  }
  if (answer.error !== null) throw new NotSeen(`${what}: ${answer.error}`);
  if (answer.status !== 200) throw new NotSeen(`${what}: status ${answer.status}`);
  const page = readPage(answer.body);
  seen.add(page.pod);
  if (wanted.pods !== undefined && !wanted.pods.includes(page.pod)) {
    throw new NotSeen(`${what} is answered by ${page.pod}`);
  }
  if (wanted.client !== undefined) checkClient(lab, wanted, page.client, what);
}

function checkClient(lab: Lab, wanted: TrafficExpectation, seen: string, what: string): void {
  const asking = lab.topology[wanted.from ?? "client"];
  const addresses = (wanted.client === "preserved" ? [asking] : lab.topology.nodes)
    .flatMap((host) => host.interfaces.flatMap(({ ipv4, ipv6 }) => [ipv4, canonicalIp(ipv6)]));
  const gateways = lab.topology.nodes.flatMap((
    { podGateway },
  ) => [podGateway.ipv4, canonicalIp(podGateway.ipv6)]);
  const allowed = wanted.client === "preserved" ? addresses : [...addresses, ...gateways];
  if (!allowed.includes(canonicalIp(seen))) throw new NotSeen(`${what}: the Pod saw the client as ${seen}`);
}

function readPage(body: string): { readonly pod: string; readonly client: string } {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(body)?.[1] ?? "";
  return { pod: field("pod"), client: field("client") };
}
