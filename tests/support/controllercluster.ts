/**
 * The controller's machine with a cluster around it that answers at once: effects are carried out on the objects, and
 * the machine hears of it as it would by its watches. No clock, no chance, no permissions.
 */
import { trimMeta } from "../../core/meta.ts";
import type { Namespace } from "../../core/namespace.ts";
import type { Labels } from "../../core/selector.ts";
import type { Service } from "../../core/service.ts";
import type { IPAddressPool } from "../../crds/ipaddresspool.ts";
import type { Effect } from "../../controller/effects.ts";
import { Machine } from "../../controller/machine.ts";
import { allocatedFromPoolAnnotation } from "../../controller/servicestatus.ts";
import type { Input } from "../../controller/world.ts";
import {
  type PoolSpec,
  type ServiceText,
  type ServiceWish,
  testPool,
  testService,
} from "./controllerobjects.ts";

export class ControllerCluster {
  readonly services = new Map<string, Service>();
  readonly pools = new Map<string, IPAddressPool>();
  readonly namespaces = new Map<string, Namespace>();
  /** Everything that {@link settle} carried out since the last {@link clear}. */
  effects: Effect[] = [];
  machine: Machine;
  readonly #loadBalancerClass: string;
  #inputs: Input[] = [];
  #revision = 0;

  constructor(loadBalancerClass = "") {
    this.#loadBalancerClass = loadBalancerClass;
    this.machine = this.newMachine();
  }

  /** Makes a Service or changes it; what isn't given stays as it was. The key is `namespace/name` or a name in `default`. */
  service(name: string, wish: ServiceWish = {}): void {
    const key = keyIn(name);
    this.#putService(testService(key, wish, this.services.get(key), this.#next()));
  }

  removeService(name: string): void {
    const object = this.services.get(keyIn(name));
    if (object === undefined) throw new Error(`no Service ${name}`);
    this.services.delete(keyIn(name));
    this.#inputs.push({ kind: "service", type: "deleted", object });
  }

  /** Makes or replaces a pool; its counters stay. */
  pool(name: string, spec: PoolSpec): void {
    const before = this.pools.get(name);
    this.#putPool(testPool(name, spec, before, this.#next()));
  }

  removePool(name: string): void {
    const object = this.pools.get(name);
    if (object === undefined) throw new Error(`no pool ${name}`);
    this.pools.delete(name);
    this.#inputs.push({ kind: "pool", type: "deleted", object });
  }

  /** Somebody edits the counters. */
  editCounters(name: string, status: NonNullable<IPAddressPool["status"]>): void {
    const pool = this.pools.get(name);
    if (pool === undefined) throw new Error(`no pool ${name}`);
    this.#putPool({ ...pool, status, resourceVersion: String(this.#next()) });
  }

  namespace(name: string, labels: Labels = {}): void {
    const object = {
      ...trimMeta({ name, uid: `uid-${name}` }),
      labels,
      resourceVersion: String(this.#next()),
    };
    this.namespaces.set(name, object);
    this.#inputs.push({ kind: "namespace", type: "changed", object });
  }

  removeNamespace(name: string): void {
    const object = this.namespaces.get(name);
    if (object === undefined) throw new Error(`no namespace ${name}`);
    this.namespaces.delete(name);
    this.#inputs.push({ kind: "namespace", type: "deleted", object });
  }

  /** One decision about all that has happened, its effects not carried out. */
  step(): readonly Effect[] {
    const inputs = this.#inputs;
    this.#inputs = [];
    return [...this.machine.step(inputs), ...this.machine.judge()];
  }

  /** Decides and carries out until nothing is left to write; the writes that it took are returned. */
  settle(): readonly Effect[] {
    const writes: Effect[] = [];
    for (let round = 0; round < 10; round++) {
      const effects = this.step();
      this.effects.push(...effects);
      const written = this.carryOut(effects);
      if (written.length === 0) return writes;
      writes.push(...written);
    }
    throw new Error("the machine goes on writing");
  }

  /** Carries out what changes objects; those effects are returned. */
  carryOut(effects: readonly Effect[]): readonly Effect[] {
    return effects.filter((effect) => this.#carryOut(effect));
  }

  /** A new process: it lists, and knows nothing else. */
  restart(): void {
    this.machine = this.newMachine();
    this.#inputs = [...this.lists()];
  }

  /** What a process hears first, in the order that `arrange` gives. */
  lists(arrange: <T>(items: readonly T[]) => readonly T[] = (items) => items): readonly Input[] {
    return arrange<Input>([
      { kind: "namespace", type: "synced", items: arrange([...this.namespaces.values()]) },
      { kind: "service", type: "synced", items: arrange([...this.services.values()]) },
      { kind: "pool", type: "synced", items: arrange([...this.pools.values()]) },
    ]);
  }

  newMachine(): Machine {
    return new Machine({ namespace: "metallb-system", loadBalancerClass: this.#loadBalancerClass });
  }

  clear(): void {
    this.effects = [];
  }

  ips(name: string): readonly string[] {
    return this.services.get(keyIn(name))?.ingress.map(({ ip }) => ip) ?? [];
  }

  /** The annotation; "" when there is none. */
  poolOf(name: string): string {
    return this.services.get(keyIn(name))?.annotations[allocatedFromPoolAnnotation] ?? "";
  }

  /** As in `web Normal IPAllocated`, of all effects since the last {@link clear}. */
  events(): readonly string[] {
    return this.effects.flatMap((effect) =>
      effect.type === "recordEvent"
        ? [`${effect.service.name} ${effect.event.type} ${effect.event.reason}`]
        : []
    );
  }

  messages(): readonly string[] {
    return this.effects.flatMap((effect) => effect.type === "recordEvent" ? [effect.event.message] : []);
  }

  refusal(name: string): string | null {
    return this.machine.decisions.get(keyIn(name))?.refusal?.reason ?? null;
  }

  /** As in `4: 1/3, 6: 0/0`: assigned and available. */
  counters(name: string): string {
    const status = this.pools.get(name)?.status;
    if (status === null || status === undefined) return "none";
    const { assignedIPv4, availableIPv4, assignedIPv6, availableIPv6 } = status;
    return `4: ${assignedIPv4}/${availableIPv4}, 6: ${assignedIPv6}/${availableIPv6}`;
  }

  #carryOut(effect: Effect): boolean {
    if (effect.type === "writePoolStatus") {
      const pool = this.pools.get(effect.pool.name);
      if (pool === undefined || pool.resourceVersion !== effect.pool.resourceVersion) return true;
      this.#putPool({ ...pool, status: effect.status, resourceVersion: String(this.#next()) });
      return true;
    }
    if (effect.type !== "writeStatus") return false;
    const key = `${effect.service.namespace}/${effect.service.name}`;
    const service = this.services.get(key);
    // A conflict: what changed has been told already, and decides anew.
    if (service === undefined || service.resourceVersion !== effect.service.resourceVersion) return true;
    const { [allocatedFromPoolAnnotation]: _, ...others } = service.annotations;
    this.#putService({
      ...service,
      annotations: effect.pool === "" ? others : { ...others, [allocatedFromPoolAnnotation]: effect.pool },
      ingress: effect.ips.map((ip) => ({ ip, hostname: "" })),
      resourceVersion: String(this.#next()),
    });
    return true;
  }

  #putService(object: Service): void {
    this.services.set(`${object.namespace}/${object.name}`, object);
    this.#inputs.push({ kind: "service", type: "changed", object });
  }

  #putPool(object: IPAddressPool): void {
    this.pools.set(object.name, object);
    this.#inputs.push({ kind: "pool", type: "changed", object });
  }

  #next(): number {
    return ++this.#revision;
  }
}

function keyIn(name: ServiceText): string {
  return name.includes("/") ? name : `default/${name}`;
}
