/** Configurations and reviews for tests of admission. */
import { trimMeta } from "../../core/meta.ts";
import { trimNode } from "../../core/node.ts";
import { type Configuration, emptyConfiguration } from "../../controller/admission/configuration.ts";
import { type Admission, admissionAt, admissionPaths } from "../../controller/admission/subjects.ts";
import type { Operation } from "../../controller/admission/subject.ts";
import { trimBFDProfile } from "../../crds/bfdprofile.ts";
import { trimBGPAdvertisement } from "../../crds/bgpadvertisement.ts";
import { trimBGPPeer } from "../../crds/bgppeer.ts";
import { trimCommunity } from "../../crds/community.ts";
import { trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import { trimL2Advertisement } from "../../crds/l2advertisement.ts";
import type { RawObject } from "../../crds/rawobject.ts";
import { peerSecret } from "./bgpobjects.ts";

export const installation = "metallb-system";

/** 2026-01-01; each object is a second younger than the one before it. */
const startMs = Date.UTC(2026, 0, 1);

/** Objects by kind and name; nodes and namespaces by their labels, Secrets by their password. */
export type Objects = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An object as the API server has it. `age` counts seconds. */
export function rawObject(kind: string, name: string, spec: unknown, age: number, namespace = installation) {
  return {
    apiVersion: `metallb.io/${kind === "BGPPeer" ? "v1beta2" : "v1beta1"}`,
    kind,
    metadata: {
      ...{ name, namespace, uid: `uid-of-${name}`, resourceVersion: "7" },
      creationTimestamp: new Date(startMs + age * 1000).toISOString(),
    },
    spec,
  } satisfies RawObject & { readonly kind: string };
}

/** A configuration of these objects. */
export function configurationOf(objects: Objects = {}): Configuration {
  let age = 0;
  const all = <T>(kind: string, trim: (raw: RawObject) => T): T[] =>
    Object.entries(objects[kind] ?? {}).map(([name, spec]) => trim(rawObject(kind, name, spec, ++age)));
  const labelled = (kind: string) =>
    Object.entries(objects[kind] ?? {}).map(([name, labels]) => ({
      name,
      labels: labels as Record<string, string>,
    }));
  return {
    ...emptyConfiguration,
    pools: all("IPAddressPool", trimIPAddressPool),
    l2Advertisements: all("L2Advertisement", trimL2Advertisement),
    bgpAdvertisements: all("BGPAdvertisement", trimBGPAdvertisement),
    bgpPeers: all("BGPPeer", trimBGPPeer),
    bfdProfiles: all("BFDProfile", trimBFDProfile),
    communities: all("Community", trimCommunity),
    namespaces: labelled("Namespace").map((meta) => trimMeta(meta)),
    nodes: labelled("Node").map((metadata) => trimNode({ metadata })),
    secrets: new Map(
      Object.entries(objects["Secret"] ?? {}).map(([name, password]) => [
        name,
        peerSecret(name, String(password)),
      ]),
    ),
  };
}

/** The body of a review, as the API server sends it. */
export function reviewOf(operation: Operation, object: unknown, oldObject: unknown = null): unknown {
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: { uid: "uid-of-the-question", operation, object, oldObject, dryRun: false },
  };
}

/** The admission of a kind, and its path. */
export function admissionOf(kind: string): { readonly path: string; readonly admission: Admission } {
  for (const path of admissionPaths) {
    const admission = admissionAt(path);
    if (admission?.kind === kind) return { path, admission };
  }
  throw new Error(`no path judges ${kind}`);
}
