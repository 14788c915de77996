/** The demo, step by step. Each step waits for what it shows, with a bound, and fails when it doesn't come. */
import { parseManifests } from "../api.ts";
import type { NeighbourFrame } from "../client/frames.ts";
import type { HttpAnswer } from "../client/protocol.ts";
import type { Lab } from "../lab.ts";
import { setLinks } from "../network.ts";
import { getService, nameOfMac, ownerOf, vipsOf } from "../scenario/references.ts";
import { forgetNeighbours } from "../scenario/traffic.ts";
import { mainInterface } from "../topology.ts";
import { until } from "../wait.ts";
import type { Screen } from "./screen.ts";

const configuration = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  name: lan
  namespace: metallb-system
spec:
  addresses:
    - 10.77.0.200-10.77.0.220
    - fd77::200-fd77::220
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata:
  name: lan
  namespace: metallb-system
`;

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: default
spec:
  type: LoadBalancer
  ipFamilyPolicy: RequireDualStack
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 8080
`;

const withinMs = 15_000;

/** Tells it in a lab whose Pewter is not started yet. */
export async function tellStory(lab: Lab, screen: Screen): Promise<void> {
  await screen.step(
    "Start Pewter: one controller, and a speaker on each node",
    () => startPewter(lab, screen),
  );
  await screen.step("Start two backends, on node-1 and node-3", () => startBackends(lab, screen));
  await screen.step(
    "Say which addresses may be used, and that they are announced with ARP and NDP",
    async () => {
      screen.quote(configuration);
      for (const object of parseManifests(configuration, "the demo")) await lab.api.apply(object);
    },
  );
  const vips = await screen.step("Ask for a load balancer", () => createService(lab, screen));
  const owner = await screen.step("Which node answers for them?", () => showOwner(lab, screen));
  await screen.step(
    "How the client finds that out, as it passes on the wire",
    () => showExchange(lab, screen, vips),
  );
  await screen.step("Fetch the page", () => fetchPages(lab, screen, vips));
  await screen.step(
    `Cut the power of ${owner}, the owner, while the client asks 20 times a second`,
    () => failOver(lab, screen, vips, owner),
  );
  await screen.step("Fetch the page again", () => fetchPages(lab, screen, vips));
}

async function startPewter(lab: Lab, screen: Screen): Promise<void> {
  await lab.product.startAll();
  const { ipv4 } = mainInterface(lab.topology.controller);
  await until("the controller's readiness", withinMs, async () => {
    const answer = await fetch(`http://${ipv4}:17472/readyz`, { signal: AbortSignal.timeout(1000) });
    await answer.body?.cancel();
    return answer.ok ? true : undefined;
  });
  for (const name of lab.product.names) screen.fact(`${name}: process ${lab.product.process(name).pid}`);
}

async function startBackends(lab: Lab, screen: Screen): Promise<void> {
  const pods = [{ name: "web-1", node: "node-1" }, { name: "web-2", node: "node-3" }];
  await Promise.all(pods.map((pod) => lab.cluster.addPod({ ...pod, labels: { app: "web" } })));
  screen.fact("web-1 and web-2: an HTTP server each, in namespaces of their own");
}

async function createService(lab: Lab, screen: Screen): Promise<readonly string[]> {
  screen.quote(service);
  for (const object of parseManifests(service, "the demo")) await lab.api.apply(object);
  const began = performance.now();
  const vips = await until("addresses for the Service", withinMs, async () => {
    const found = vipsOf(await getService(lab, "web"));
    return found.length === 2 ? found : undefined;
  }, 5);
  const took = Math.max(1, Math.round(performance.now() - began));
  screen.good(`The controller gives it ${vips.join(" and ")}, ${took} ms later.`);
  return vips;
}

async function showOwner(lab: Lab, screen: Screen): Promise<string> {
  const owner = await until("an owner", withinMs, () => ownerOf(lab, "web"));
  const message = await until("the Event nodeAssigned", withinMs, async () => {
    interface Event {
      readonly reason?: string;
      readonly message?: string;
    }
    const events = await lab.api.list<Event & { metadata: { name: string } }>("v1", "Event", "default");
    return events.find(({ reason }) => reason === "nodeAssigned")?.message;
  });
  screen.good(`${owner}. The Event on the Service says: ${message}`);
  return owner;
}

async function showExchange(lab: Lab, screen: Screen, vips: readonly string[]): Promise<void> {
  for (const ip of vips) {
    const since = await lab.client.now();
    await forgetNeighbours(lab);
    await lab.client.http(ip, 80);
    const frames = await lab.client.frames(ip, since);
    const question = frames.find(({ kind }) => kind === "arp request" || kind === "solicitation");
    const answer = frames.find(({ mac, atMs }) => mac !== null && atMs >= (question?.atMs ?? 0));
    if (question === undefined || answer === undefined) throw new Error(`no exchange about ${ip} was seen`);
    screen.fact(describeFrame(lab, question));
    screen.fact(`${describeFrame(lab, answer)} (${(answer.atMs - question.atMs).toFixed(1)} ms later)`);
  }
}

function describeFrame(lab: Lab, frame: NeighbourFrame): string {
  const protocol = frame.kind.startsWith("arp") ? "ARP" : "NDP";
  const from = nameOfMac(lab, frame.from);
  if (frame.mac === null) return `${protocol}  ${from} (${frame.from}) asks: who has ${frame.ip}?`;
  return `${protocol}  ${from} answers: ${frame.ip} is at ${frame.mac}`;
}

async function fetchPages(lab: Lab, screen: Screen, vips: readonly string[]): Promise<void> {
  for (const ip of vips) {
    const answer = await until(`the page from ${ip}`, withinMs, async () => {
      const page = await lab.client.http(ip, 80);
      if (page.error !== null) throw new Error(page.error);
      return page;
    });
    const url = `http://${ip.includes(":") ? `[${ip}]` : ip}/`;
    screen.good(`GET ${url}  ${answer.status} in ${answer.tookMs.toFixed(1)} ms: ${onOneLine(answer)}`);
  }
}

function onOneLine({ body }: HttpAnswer): string {
  return body.trim().split("\n").join(", ");
}

async function failOver(lab: Lab, screen: Screen, vips: readonly string[], owner: string): Promise<void> {
  for (const ip of vips) await lab.client.startProbe(ip, ip, 80, 50, 500);
  screen.fact(`SIGKILL for the speaker on ${owner}, and its cables are pulled`);
  await setLinks(lab.cluster.node(owner), lab.topology, false);
  await lab.product.process(`speaker on ${owner}`).end("SIGKILL");
  const successor = await until("another owner", 60_000, async () => {
    const found = await ownerOf(lab, "web");
    return found === owner ? undefined : found;
  });
  await fetchAll(lab, vips);
  screen.good(`${successor} takes over: it tells the LAN without being asked, and answers from now on.`);
  for (const ip of vips) {
    const { longestGapMs, sent, failed } = await lab.client.stopProbe(ip);
    screen.good(
      `${ip} was away for ${(longestGapMs / 1000).toFixed(2)} s (${failed} of ${sent} requests failed)`,
    );
  }
}

async function fetchAll(lab: Lab, vips: readonly string[]): Promise<void> {
  for (const ip of vips) {
    await until(`the page from ${ip}`, withinMs, async () => {
      const { error } = await lab.client.http(ip, 80, 500);
      return error === null ? true : undefined;
    });
  }
}

/** Gives every node its power back, and its speaker. */
export async function repairNodes(lab: Lab): Promise<void> {
  for (const node of lab.topology.nodes) await setLinks(node, lab.topology, true);
  await lab.product.startAll();
}
