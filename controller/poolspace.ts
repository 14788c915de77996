/** One pool with the indexes that find its next address: the free ones, and the shared ones by sharing group. */
import { type Ip, type IpFamily, ipFromValue } from "../core/ip.ts";
import { isBuggyIp, type Pool, poolCapacity } from "../crds/pools.ts";
import { FreeAddresses, type Position } from "./freeaddresses.ts";
import type { Claim, Holding, Holdings, PortKey } from "./holding.ts";
import { SharingGroup } from "./sharinggroup.ts";

interface FamilySpace {
  readonly free: FreeAddresses;
  readonly groups: Map<string, SharingGroup>;
}

export class PoolSpace {
  readonly pool: Pool;
  /** How many addresses the pool can give at all. */
  readonly capacity: Readonly<Record<IpFamily, bigint>>;
  readonly #holdings: Holdings;
  readonly #spaces: Readonly<Record<IpFamily, FamilySpace>>;
  readonly #assigned: Record<IpFamily, number> = { ipv4: 0, ipv6: 0 };

  /** `holdings` are all addresses in use; those of this pool are told with {@link taken} and {@link released}. */
  constructor(pool: Pool, holdings: Holdings) {
    this.pool = pool;
    this.capacity = poolCapacity(pool);
    this.#holdings = holdings;
    this.#spaces = { ipv4: this.#space("ipv4"), ipv6: this.#space("ipv6") };
  }

  /** The number of distinct addresses in use. */
  get assigned(): Readonly<Record<IpFamily, number>> {
    return this.#assigned;
  }

  /** The first address, in the order of assignment, that this claim may have. */
  find(family: IpFamily, claim: Claim): Ip | null {
    const { free, groups } = this.#spaces[family];
    const unused = free.first();
    const shared = claim.sharingKey === "" ? null : groups.get(groupKey(claim))?.find(claim.ports) ?? null;
    if (shared !== null && (unused === null || shared < unused.position)) {
      return ipFromValue(family, free.valueAt(shared));
    }
    return unused === null ? null : ipFromValue(family, unused.value);
  }

  /** An address of this pool came into use. */
  taken(holding: Holding): void {
    const { family, value } = holding.ip;
    const { free, groups } = this.#spaces[family];
    const position = free.positionOf(value);
    if (position === null) return;
    holding.place = { space: this, position };
    this.#assigned[family]++;
    if (holding.sharingKey === "") return;
    const key = groupKey(holding);
    const group = groups.get(key) ?? new SharingGroup((at, port) => this.#portTaken(family, at, port));
    groups.set(key, group);
    group.add(position);
  }

  /** These ports of an address in use are free again. */
  portsReleased(holding: Holding, ports: readonly PortKey[]): void {
    if (holding.place === null || holding.sharingKey === "") return;
    const group = this.#spaces[holding.ip.family].groups.get(groupKey(holding));
    for (const port of ports) group?.releasePort(holding.place.position, port);
  }

  /** An address of this pool is out of use; it is in the holdings no more. */
  released(holding: Holding): void {
    if (holding.place === null) return;
    const { position } = holding.place;
    const { free, groups } = this.#spaces[holding.ip.family];
    this.#assigned[holding.ip.family]--;
    free.release(position);
    if (holding.sharingKey === "") return;
    const key = groupKey(holding);
    const group = groups.get(key);
    group?.remove(position);
    if (group?.empty === true) groups.delete(key);
  }

  #space(family: IpFamily): FamilySpace {
    const inUse = this.#holdings[family];
    const avoids = this.pool.avoidBuggyIPs && family === "ipv4";
    const ranges = this.pool.ranges.filter((range) => range.family === family);
    const mayGive = (value: bigint) => !inUse.has(value) && !(avoids && isBuggyIp({ family, value }));
    return { free: new FreeAddresses(ranges, mayGive), groups: new Map() };
  }

  #portTaken(family: IpFamily, position: Position, port: PortKey): boolean {
    const value = this.#spaces[family].free.valueAt(position);
    return this.#holdings[family].get(value)?.userOf(port) !== undefined;
  }
}

function groupKey(
  { sharingKey, backendKey }: { readonly sharingKey: string; readonly backendKey: string },
): string {
  return JSON.stringify([sharingKey, backendKey]);
}
