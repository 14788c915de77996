/** The allocator alone, and the machine around it: no API server, no files, one thread. */
import type { Claimant } from "../../controller/ledger.ts";
import { Ledger } from "../../controller/ledger.ts";
import { Machine } from "../../controller/machine.ts";
import { allocatedFromPoolAnnotation } from "../../controller/servicestatus.ts";
import { type Ip, type IpFamily, ipFromValue, parseIp } from "../../core/ip.ts";
import { type Service, trimService } from "../../core/service.ts";
import { trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import { compilePools } from "../../crds/pools.ts";
import { seededRandom } from "../support/seededrandom.ts";

/** One measurement. */
export interface AllocatorRow {
  readonly what: string;
  /** Microseconds for one assignment, or one Service. */
  readonly perItemUs: number;
  /** How many were measured. */
  readonly items: number;
  /** What it should not exceed, in microseconds; null where nothing is promised. */
  readonly goalUs: number | null;
}

/** The goal for one assignment, whatever the pool's size. */
const goalUs = 5;

/** Some seconds of work; `nowMs` is a monotonic clock with parts of milliseconds. */
export function benchAllocator(nowMs: () => number = () => performance.now()): readonly AllocatorRow[] {
  // Code is compiled as it gets hot: a round is thrown away.
  inFilledPool("198.18.0.0/20", "ipv4", 0.5, nowMs);
  const inPool = (what: string, prefix: string, family: IpFamily, full: number): AllocatorRow[] => {
    const { assigning, churning } = inFilledPool(prefix, family, full, nowMs);
    const state = `${what}, ${full * 100} % full`;
    return [
      { what: `${state}: assign`, ...assigning, goalUs },
      { what: `${state}: release one at random, then assign`, ...churning, goalUs: null },
    ];
  };
  return [
    ...[0, 0.5, 0.99].flatMap((full) => inPool("IPv4 /16 (65,536 addresses)", "198.18.0.0/16", "ipv4", full)),
    ...[0, 0.5, 0.99].flatMap((full) =>
      inPool("IPv6 /112 (65,536 addresses)", "2001:db8::/112", "ipv6", full)
    ),
    ...inPool("IPv6 /64, as many in use as of a /112", "2001:db8::/64", "ipv6", 0.99),
    { what: "100,000 Services that share addresses, 1,000 on each: assign", ...sharing(1000, nowMs), goalUs },
    { what: "100,000 Services with one port and key, an address each: assign", ...sharing(1, nowMs), goalUs },
    { what: "Machine: 10,000 waiting Services in one step", ...machineStep(false, nowMs), goalUs: null },
    { what: "Machine: restart with 10,000 assigned Services", ...machineStep(true, nowMs), goalUs: null },
  ];
}

/** The rows as a table for people. */
export function allocatorTable(rows: readonly AllocatorRow[]): string {
  return rows.map(({ what, perItemUs, items, goalUs }) => {
    const goal = goalUs === null ? "" : `  goal <= ${goalUs}: ${perItemUs <= goalUs ? "met" : "MISSED"}`;
    return `${perItemUs.toFixed(2).padStart(8)} us  ${what} (${items})${goal}`;
  }).join("\n");
}

type Measured = Pick<AllocatorRow, "perItemUs" | "items">;

function ledgerOf(...addresses: readonly string[]): Ledger {
  const pool = trimIPAddressPool({
    metadata: { name: "pool", namespace: "metallb-system" },
    spec: { addresses },
  });
  return new Ledger(compilePools([pool], []));
}

function claimant(index: number, sharingKey = "", port = 80): Claimant {
  const ports = [`TCP/${port}`];
  return { service: `ns/s${index}`, namespace: "ns", labels: {}, sharingKey, backendKey: "", ports };
}

/** Finds an address as the automatic choice does, and takes it. */
function assign(ledger: Ledger, family: IpFamily, who: Claimant): Ip {
  const ip = ledger.pools.get("pool")?.find(family, who) ?? null;
  if (ip === null) throw new Error("the pool is exhausted");
  ledger.assign(who, [ip]);
  return ip;
}

/** Work is measured in batches, and the lower quartile counts: whatever else runs on the machine only slows. */
const batch = 500;
const batches = 160;

/** Fills a part of the pool in random order of its addresses, then measures. */
function inFilledPool(
  prefix: string,
  family: IpFamily,
  full: number,
  nowMs: () => number,
): { readonly assigning: Measured; readonly churning: Measured } {
  const ledger = ledgerOf(prefix);
  const random = seededRandom(1);
  const base = parseIp(prefix.split("/")[0] ?? "")?.value ?? 0n;
  const size = prefix.endsWith("/20") ? 4096 : 65_536;
  const offsets = shuffled(size, random).slice(0, Math.floor(size * full));
  const holders = offsets.map((offset, index) => {
    const who = claimant(index);
    ledger.assign(who, [ipFromValue(family, base + BigInt(offset))]);
    return who;
  });
  let made = size;
  const round = () => {
    const leaving = take(holders, batch, random);
    const coming = Array.from({ length: batch }, () => claimant(made++));
    const start = nowMs();
    for (const { service } of leaving) ledger.release(service);
    const between = nowMs();
    for (const who of coming) assign(ledger, family, who);
    const end = nowMs();
    if (leaving.length > 0) holders.push(...coming);
    else for (const { service } of coming) ledger.release(service);
    return { assigningMs: end - between, churningMs: end - start };
  };
  const rounds = Array.from({ length: batches }, round);
  return {
    assigning: perItem(rounds.map(({ assigningMs }) => assigningMs)),
    churning: perItem(rounds.map(({ churningMs }) => churningMs)),
  };
}

function sharing(onEach: number, nowMs: () => number): Measured {
  const ledger = ledgerOf("198.18.0.0/15");
  let made = 0;
  const round = () => {
    const coming = Array.from({ length: batch }, () => claimant(made++, "key", 1 + made % onEach));
    const start = nowMs();
    for (const who of coming) assign(ledger, "ipv4", who);
    return nowMs() - start;
  };
  return perItem(Array.from({ length: 100_000 / batch }, round));
}

function perItem(batchesMs: readonly number[]): Measured {
  const sorted = [...batchesMs].sort((a, b) => a - b);
  const quartile = sorted[Math.floor(sorted.length / 4)] ?? 0;
  return { perItemUs: quartile * 1000 / batch, items: batchesMs.length * batch };
}

/** 0 to size - 1, in random order. */
function shuffled(size: number, random: () => number): readonly number[] {
  const order = Array.from({ length: size }, (_, index) => index);
  for (let index = size - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [order[index], order[other]] = [order[other] ?? 0, order[index] ?? 0];
  }
  return order;
}

/** Takes so many out of the list, or all of a shorter one. */
function take<T>(items: T[], count: number, random: () => number): readonly T[] {
  const taken: T[] = [];
  while (taken.length < count && items.length > 0) {
    const at = Math.floor(random() * items.length);
    const last = items.pop();
    if (last === undefined) break;
    taken.push(at === items.length ? last : items[at] ?? last);
    if (at < items.length) items[at] = last;
  }
  return taken;
}

function machineStep(assigned: boolean, nowMs: () => number): Measured {
  const items = 10_000;
  const pool = trimIPAddressPool({
    metadata: { name: "pool", namespace: "metallb-system" },
    spec: { addresses: ["198.18.0.0/16"] },
  });
  const services = Array.from({ length: items }, (_, index) => serviceOf(index, assigned));
  const machine = new Machine({ namespace: "metallb-system", loadBalancerClass: "" });
  const start = nowMs();
  const effects = machine.step([
    { kind: "namespace", type: "synced", items: [] },
    { kind: "pool", type: "synced", items: [pool] },
    { kind: "service", type: "synced", items: services },
  ]);
  const tookMs = nowMs() - start;
  const writes = effects.filter(({ type }) => type === "writeStatus").length;
  if (writes !== (assigned ? 0 : items)) throw new Error(`${writes} writes`);
  return { perItemUs: tookMs * 1000 / items, items };
}

function serviceOf(index: number, assigned: boolean): Service {
  const ip = ipFromValue("ipv4", 0xc6120000n + BigInt(index)).text;
  return trimService({
    metadata: {
      name: `s${index}`,
      namespace: `ns${index % 100}`,
      uid: `uid-${index}`,
      resourceVersion: String(index),
      creationTimestamp: new Date(Date.UTC(2030, 0, 1) + index * 1000).toISOString(),
      annotations: assigned ? { [allocatedFromPoolAnnotation]: "pool" } : {},
    },
    spec: { type: "LoadBalancer", clusterIPs: ["10.96.0.1"], ports: [{ port: 80 }] },
    status: { loadBalancer: { ingress: assigned ? [{ ip }] : [] } },
  });
}

if (import.meta.main) console.log(allocatorTable(benchAllocator()));
