/** Checks one expectation of a scenario once: returns when it holds, throws with what was seen when it doesn't. */
import { NotSeen } from "./notseen.ts";
import { repositoryRoot } from "./root.ts";
import { canonicalIp, ipv4Bytes, ipv6Bytes } from "../client/frames.ts";
import { run } from "../command.ts";
import { checkEvent, lastEvent } from "./events.ts";
import type { Lab } from "../lab.ts";
import type { ServiceObject } from "../standins/endpointslices.ts";
import {
  addressesOf,
  findObject,
  getService,
  matches,
  nameOfMac,
  objectReference,
  vipsOf,
} from "./references.ts";
import type {
  AnnouncedExpectation,
  Expectation,
  GratuitousExpectation,
  LogExpectation,
  ObjectExpectation,
  ServiceExpectation,
} from "./scenario.ts";
import { checkTraffic } from "./traffic.ts";

/** What expectations need to know beside the lab. */
export interface Context {
  readonly lab: Lab;
  /** Addresses of all Services, by the name under which they were remembered. */
  readonly remembered: ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;
  /** Pods that answered so far in this step, by expectation, for `allOf`. */
  readonly answered: Map<Expectation, Set<string>>;
  /** When the step before began, by the client's clock. */
  readonly previousStepMs: number;
  /** Lengths of the logs when the scenario began, by process. */
  readonly logStarts: ReadonlyMap<string, number>;
}

export async function check(expectation: Expectation, context: Context): Promise<void> {
  const { lab } = context;
  if ("service" in expectation) return await checkService(lab, expectation.service);
  if ("event" in expectation) return await checkEvent(lab, expectation.event);
  if ("announced" in expectation) return await checkAnnounced(lab, expectation.announced);
  if ("gratuitous" in expectation) return await checkGratuitous(context, expectation.gratuitous);
  if ("object" in expectation) return await checkObject(lab, expectation.object);
  if ("log" in expectation) return checkLog(context, expectation.log);
  if ("unchanged" in expectation) return await checkUnchanged(context, expectation.unchanged);
  if ("kubectl" in expectation) {
    return await checkKubectl(lab, expectation.kubectl.run, expectation.kubectl.says);
  }
  if ("command" in expectation) {
    return await checkCommand(lab, expectation.command.run, expectation.command.says);
  }
  const seen = context.answered.get(expectation) ?? new Set<string>();
  context.answered.set(expectation, seen);
  if ("udp" in expectation) return await checkTraffic(lab, "udp", expectation.udp, seen);
  return await checkTraffic(lab, "http", expectation.http, seen);
}

async function checkService(lab: Lab, wanted: ServiceExpectation): Promise<void> {
  const service = await getService(lab, wanted.of);
  const vips = vipsOf(service);
  const seen = `Service ${wanted.of} has ${vips.length === 0 ? "no address" : vips.join(", ")}`;
  if (wanted.addresses !== undefined) {
    const expected = wanted.addresses.map(canonicalIp);
    if (JSON.stringify(vips) !== JSON.stringify(expected)) {
      throw new NotSeen(`${seen}, not ${expected.join(", ") || "none"}${await lastEvent(lab, service)}`);
    }
  }
  if (wanted.count !== undefined && vips.length !== wanted.count) {
    throw new NotSeen(`${seen}, not ${wanted.count}`);
  }
  if (wanted.within !== undefined) {
    const ranges = wanted.within;
    if (vips.length === 0) throw new NotSeen(`${seen}${await lastEvent(lab, service)}`);
    const outside = vips.find((ip) => !ranges.some((range) => inRange(ip, range)));
    if (outside !== undefined) throw new NotSeen(`${seen}; ${outside} is outside ${ranges.join(", ")}`);
  }
  const pool = service.metadata.annotations?.["metallb.io/ip-allocated-from-pool"];
  if (wanted.pool !== undefined && pool !== wanted.pool) {
    throw new NotSeen(`${seen} from pool ${pool ?? "(not said)"}`);
  }
}

/** `from-to`, ends included. */
function inRange(ip: string, range: string): boolean {
  const [from = "", to = ""] = range.split("-");
  if (from.includes(":") !== ip.includes(":")) return false;
  const bytes = (text: string) => text.includes(":") ? ipv6Bytes(text) : ipv4Bytes(text);
  const number = (text: string) => bytes(text).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return number(from) <= number(ip) && number(ip) <= number(to);
}

async function checkAnnounced(lab: Lab, wanted: AnnouncedExpectation): Promise<void> {
  const leg = wanted.on ?? "eth0";
  for (const ip of await addressesOf(lab, wanted.of, wanted.family)) {
    const { macs } = await lab.client.neighbour(ip, leg);
    const names = macs.map((mac) => nameOfMac(lab, mac));
    const answered = `${ip} is answered for on ${leg} by ${
      names.length === 0 ? "nobody" : names.join(" and ")
    }`;
    const right = wanted.by === "nobody"
      ? names.length === 0
      : names.length === 1 && (wanted.by === "one" || names[0] === wanted.by);
    if (!right) throw new NotSeen(answered);
  }
}

async function checkGratuitous(
  { lab, previousStepMs }: Context,
  wanted: GratuitousExpectation,
): Promise<void> {
  for (const ip of await addressesOf(lab, wanted.of)) {
    const frames = await lab.client.frames(ip, previousStepMs);
    const unasked = frames.filter(({ to, kind, senderIp }) =>
      (to === "ff:ff:ff:ff:ff:ff" || to === "33:33:00:00:00:01") &&
      (kind === "advertisement" || ((kind === "arp reply" || kind === "arp request") && senderIp === ip))
    );
    const senders = new Set(unasked.map(({ from }) => nameOfMac(lab, from)));
    if (!senders.has(wanted.by)) {
      throw new NotSeen(`unasked frames about ${ip} came from ${[...senders].join(" and ") || "nobody"}`);
    }
  }
}

async function checkObject(lab: Lab, wanted: ObjectExpectation): Promise<void> {
  const object = await findObject(lab, objectReference(wanted.is));
  if (wanted.absent === true) {
    if (object !== undefined) throw new NotSeen(`${wanted.is} is there`);
    return;
  }
  if (object === undefined) throw new NotSeen(`there is no ${wanted.is}`);
  if (!matches(object, wanted.has ?? {})) {
    const seen = Object.keys(wanted.has ?? {}).map((key) => `${key}: ${JSON.stringify(object[key])}`).join(
      ", ",
    );
    throw new NotSeen(`${wanted.is} has ${seen}`);
  }
}

function checkLog({ lab, logStarts }: Context, wanted: LogExpectation): void {
  const names = lab.product.names.filter((name) => (name === "controller") === (wanted.of === "controller"));
  const found = names.some((name) =>
    lab.product.process(name).logSince(logStarts.get(name) ?? 0).split("\n")
      .some((line) => wanted.says.every((part) => line.includes(part)))
  );
  if (!found) throw new NotSeen(`no line in the log of the ${wanted.of} says ${wanted.says.join(" and ")}`);
}

async function checkUnchanged({ lab, remembered }: Context, name: string): Promise<void> {
  const before = remembered.get(name);
  if (before === undefined) throw new Error(`nothing was remembered as ${name}`);
  const now = await allAddresses(lab);
  const changed = Object.keys({ ...before, ...now }).find((key) =>
    JSON.stringify(before[key]) !== JSON.stringify(now[key])
  );
  if (changed === undefined) return;
  throw new NotSeen(
    `${changed} had ${before[changed]?.join(", ") ?? "nothing"}, has ${
      now[changed]?.join(", ") ?? "nothing"
    }`,
  );
}

/** The addresses of each Service of type LoadBalancer, by namespace/name. */
export async function allAddresses(lab: Lab): Promise<Readonly<Record<string, readonly string[]>>> {
  const services = await lab.api.list<ServiceObject>("v1", "Service");
  return Object.fromEntries(
    services.filter((service) => service.spec.type === "LoadBalancer")
      .map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, vipsOf(service)]),
  );
}

async function checkKubectl(lab: Lab, command: string, says: readonly string[]): Promise<void> {
  const { kubectl } = lab.controlPlane;
  if (kubectl === null) throw new Error("there is no kubectl on this machine");
  const argv = [
    kubectl,
    `--kubeconfig=${lab.kubeconfigPath}`,
    "--cache-dir=/run/pewter/kubectl",
    ...words(command),
  ];
  expectText(await run(argv, { cwd: repositoryRoot }), says, `kubectl ${command}`);
}

async function checkCommand(lab: Lab, command: string, says: readonly string[]): Promise<void> {
  const argv = ["nsenter", `--net=/run/netns/${lab.topology.client.name}`, "--", ...words(command)];
  expectText(await run(argv), says, command);
}

function expectText(output: string, says: readonly string[], command: string): void {
  const missing = says.find((part) => !output.includes(part));
  if (missing !== undefined) throw new NotSeen(`${command} doesn't say ${missing}, but: ${output.trim()}`);
}

/** Words between blanks; there is no quoting. */
function words(command: string): readonly string[] {
  return command.trim().split(/\s+/);
}
