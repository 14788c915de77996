/** Which kinds are served right now: the built-in ones and those of CustomResourceDefinitions. */
import { apiVersionOf, builtInKinds, type KindInfo } from "./kinds.ts";

/** v1 before v1beta2 before v1beta1 before v1alpha1; anything else after, by name. See "CRD version priority". */
function versionRank(version: string): [number, number, number] {
  const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (found === null) return [0, 0, 0];
  const stability = found[2] === undefined ? 3 : found[2] === "beta" ? 2 : 1;
  return [stability, Number(found[1]), Number(found[3] ?? 0)];
}

function byVersion(a: string, b: string): number {
  const [x, y] = [versionRank(a), versionRank(b)];
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2] || (a < b ? -1 : 1);
}

/** The served kinds. */
export class Registry {
  readonly #byPath = new Map<string, KindInfo>();
  readonly #custom = new Map<string, readonly KindInfo[]>();
  /** Counts changes; part of the hash in OpenAPI's URLs. */
  generation = 0;

  constructor() {
    for (const info of builtInKinds()) this.#byPath.set(`${apiVersionOf(info)}/${info.plural}`, info);
  }

  find(group: string, version: string, plural: string): KindInfo | undefined {
    return this.#byPath.get(`${apiVersionOf({ group, version })}/${plural}`);
  }

  /** The kind by apiVersion and kind, as an object names it. */
  findKind(apiVersion: string, kind: string): KindInfo | undefined {
    return this.all().find((info) => info.kind === kind && apiVersionOf(info) === apiVersion);
  }

  /** Any version of the kind that is kept in this storage, preferably the one it is kept in. */
  ofStorage(storage: string): KindInfo | undefined {
    const versions = this.all().filter((info) => info.storage === storage);
    return versions.find((info) => info.version === info.storageVersion) ?? versions[0];
  }

  all(): KindInfo[] {
    return [...this.#byPath.values()];
  }

  /** Kinds of one group and version, in the order of their plural names. */
  ofGroupVersion(group: string, version: string): KindInfo[] {
    return this.all()
      .filter((info) => info.group === group && info.version === version)
      .sort((a, b) => a.plural < b.plural ? -1 : 1);
  }

  /** Group names with their versions, the preferred version first; the core group ("") is first. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>([["", ["v1"]]]);
    for (const extra of ["authentication.k8s.io", "authorization.k8s.io"]) groups.set(extra, ["v1"]);
    for (const { group, version } of this.all()) {
      const versions = groups.get(group) ?? [];
      if (!versions.includes(version)) versions.push(version);
      groups.set(group, versions.sort(byVersion));
    }
    return groups;
  }

  /** Serves the kinds of a CustomResourceDefinition, instead of those it had before. */
  setCustom(crdName: string, kinds: readonly KindInfo[]): void {
    for (const info of this.#custom.get(crdName) ?? []) {
      this.#byPath.delete(`${apiVersionOf(info)}/${info.plural}`);
    }
    this.#custom.set(crdName, kinds);
    for (const info of kinds) this.#byPath.set(`${apiVersionOf(info)}/${info.plural}`, info);
    this.generation++;
  }
}
