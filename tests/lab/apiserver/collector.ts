/**
 * What real clusters leave to controllers, and nothing works without: dependents go with their last owner, a deleted
 * namespace's content goes and then it itself, a deleted definition's objects go. All of it soon after the cause,
 * never inside of the write.
 */
import { clone } from "./json.ts";
import { parseDeletion, remove } from "./remove.ts";
import type { ServerState, WriteContext } from "./state.ts";
import type { Change, Entry } from "./store.ts";

const CRDS = "apiextensions.k8s.io/customresourcedefinitions";
const NAMESPACES = "/namespaces";
const OWN_FINALIZERS = new Set([
  "foregroundDeletion",
  "orphan",
  "customresourcecleanup.apiextensions.k8s.io",
]);

const CONTEXT: WriteContext = {
  user: { name: "system:kube-controller-manager", groups: [] },
  dryRun: false,
  manager: "kube-controller-manager",
  fieldValidation: "Ignore",
  warnings: [],
};

/** Follows all changes of a store. */
export class Collector {
  /** Owner's uid → places of its dependents, as `storage\0key`. */
  readonly #dependents = new Map<string, Set<string>>();
  /** Deleting objects that the collector has work with, as `storage\0key`. */
  readonly #deleting = new Set<string>();
  readonly #goneOwners = new Set<string>();
  #scheduled = false;

  constructor(readonly state: ServerState) {
    state.store.observe((storage, change) => this.#saw(storage, change));
  }

  #saw(storage: string, { type, entry, before }: Change): void {
    const place = `${storage}\0${entry.key}`;
    for (const owner of before?.object.metadata.ownerReferences ?? []) {
      this.#dependents.get(owner.uid)?.delete(place);
    }
    if (type === "DELETED") {
      const uid = entry.object.metadata.uid ?? "";
      if (this.#dependents.has(uid)) this.#goneOwners.add(uid);
      this.#deleting.delete(place);
    } else {
      for (const owner of entry.object.metadata.ownerReferences ?? []) {
        const places = this.#dependents.get(owner.uid) ?? new Set();
        this.#dependents.set(owner.uid, places.add(place));
      }
      if (entry.object.metadata.deletionTimestamp !== undefined && this.#concerns(storage, entry)) {
        this.#deleting.add(place);
      }
    }
    if (this.#goneOwners.size > 0 || this.#deleting.size > 0) this.#schedule();
  }

  #concerns(storage: string, entry: Entry): boolean {
    return storage === NAMESPACES ||
      (entry.object.metadata.finalizers ?? []).some((name) => OWN_FINALIZERS.has(name));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      const owners = [...this.#goneOwners];
      this.#goneOwners.clear();
      for (const uid of owners) this.#ownerGone(uid);
      for (const place of [...this.#deleting]) this.#finish(place);
    });
  }

  /** Deletes an object as a controller would. */
  #delete(storage: string, entry: Entry): void {
    const info = this.state.registry.ofStorage(storage);
    if (info === undefined) {
      this.state.store.remove(storage, entry.key);
      return;
    }
    const { name, namespace = "" } = entry.object.metadata;
    const deletion = parseDeletion({ propagationPolicy: "Background" }, new URLSearchParams());
    remove(this.state, { info, namespace, name, subresource: "" }, deletion, CONTEXT);
  }

  #dependentEntries(uid: string): [storage: string, entry: Entry][] {
    return [...this.#dependents.get(uid) ?? []].flatMap((place): [string, Entry][] => {
      const [storage = "", key = ""] = place.split("\0");
      const entry = this.state.store.get(storage, key);
      return entry === undefined ? [] : [[storage, entry]];
    });
  }

  /** The dependents of an owner that is gone lose the reference, or go too if it was their last. */
  #ownerGone(uid: string): void {
    for (const [storage, entry] of this.#dependentEntries(uid)) {
      const others = (entry.object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
      if (others.length === 0) this.#delete(storage, entry);
      else this.#put(storage, entry, (metadata) => metadata.ownerReferences = others);
    }
    this.#dependents.delete(uid);
  }

  #put(storage: string, entry: Entry, change: (metadata: Entry["object"]["metadata"]) => void): void {
    const next = clone(entry.object);
    change(next.metadata);
    this.state.store.put(storage, entry.key, next);
  }

  /** Goes on with an object that is being deleted; when nothing is left of what waits, it is removed. */
  #finish(place: string): void {
    const [storage = "", key = ""] = place.split("\0");
    const entry = this.state.store.get(storage, key);
    if (entry === undefined) return;
    const { name, uid = "", finalizers = [] } = entry.object.metadata;
    if (storage === NAMESPACES && !this.#emptied(name)) return;
    if (finalizers.includes("orphan")) {
      for (const [where, dependent] of this.#dependentEntries(uid)) {
        const others = (dependent.object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
        this.#put(where, dependent, (metadata) => {
          if (others.length > 0) metadata.ownerReferences = others;
          else delete metadata.ownerReferences;
        });
      }
    }
    if (finalizers.includes("foregroundDeletion")) {
      for (const [where, dependent] of this.#dependentEntries(uid)) this.#delete(where, dependent);
      if (this.#dependentEntries(uid).length > 0) return;
    }
    if (storage === CRDS && !this.#objectsGone(entry)) return;
    const foreign = finalizers.filter((one) => !OWN_FINALIZERS.has(one));
    if (foreign.length === 0) this.state.store.remove(storage, key);
    else if (foreign.length < finalizers.length) {
      this.#put(storage, entry, (metadata) => metadata.finalizers = foreign);
    }
  }

  /** Deletes what is in a namespace. True when nothing is left. */
  #emptied(namespace: string): boolean {
    let left = 0;
    for (const storage of this.state.store.storages()) {
      const inside = this.state.store.list(storage).filter((entry) =>
        entry.object.metadata.namespace === namespace
      );
      for (const entry of inside) {
        if (entry.object.metadata.deletionTimestamp === undefined) this.#delete(storage, entry);
        if (this.state.store.get(storage, entry.key) !== undefined) left++;
      }
    }
    return left === 0;
  }

  /** Deletes the objects of a definition. True when nothing is left. */
  #objectsGone(crd: Entry): boolean {
    const spec = crd.object.spec ?? {};
    const names = spec["names"] as { plural?: string } | undefined;
    const storage = `${String(spec["group"])}/${names?.plural ?? ""}`;
    for (const entry of this.state.store.list(storage)) {
      if (entry.object.metadata.deletionTimestamp === undefined) this.#delete(storage, entry);
    }
    return this.state.store.count(storage) === 0;
  }
}
