/** Leases (coordination.k8s.io/v1): reading, taking, renewing and giving back. */
import type { V1LeaseSpec } from "@kubernetes/client-node";
import type { Wire } from "../core/wire.ts";
import type { KubeApi, KubeObject, OwnerReference } from "./api.ts";
import { isNotFound } from "./failures.ts";
import { leases } from "./resources.ts";
import { kubeMicroTime } from "./times.ts";

export interface LeaseObject extends KubeObject {
  readonly spec?: Wire<V1LeaseSpec>;
}

/** A Lease as far as it is read here. */
export interface LeaseView {
  readonly name: string;
  readonly namespace: string;
  /** "" when nobody holds it. */
  readonly holder: string;
  /** 0 when it isn't given. */
  readonly durationMs: number;
  readonly acquireTime: string;
  /** As on the wire; only whether it changed means anything, since the clocks of machines differ. */
  readonly renewTime: string;
  readonly transitions: number;
  readonly resourceVersion: string;
  /** What the last holder left for the next one when it gave the Lease back; "" when it left nothing. */
  readonly handover: string;
}

/** An annotation: where {@link LeaseView.handover} stands. */
const handoverAnnotation = "pewter-controller/handover";

export function trimLease({ metadata, spec }: LeaseObject): LeaseView {
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    holder: spec?.holderIdentity ?? "",
    durationMs: (spec?.leaseDurationSeconds ?? 0) * 1000,
    acquireTime: spec?.acquireTime ?? "",
    renewTime: spec?.renewTime ?? "",
    transitions: spec?.leaseTransitions ?? 0,
    resourceVersion: metadata.resourceVersion ?? "",
    handover: metadata.annotations?.[handoverAnnotation] ?? "",
  };
}

/** What a holder writes. */
export interface LeaseWish {
  readonly namespace: string;
  readonly name: string;
  /** "" gives it back. */
  readonly holder: string;
  /** Rounded up to whole seconds, 1 or more. */
  readonly durationMs: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly transitions: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: OwnerReference;
  /** See {@link LeaseView.handover}; not given: nothing. */
  readonly handover?: string;
}

/** Undefined when there is none. */
export async function readLease(
  api: KubeApi,
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<LeaseView | undefined> {
  try {
    return trimLease(await api.get<LeaseObject>(leases, namespace, name, signal));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Creates it, or replaces the one that has `resourceVersion`.
 *
 * @throws {KubeApiError} 409 when another was quicker, 404 when it is gone
 */
export async function writeLease(
  api: KubeApi,
  wish: LeaseWish,
  resourceVersion: string | undefined,
  signal?: AbortSignal,
): Promise<LeaseView> {
  const options = signal === undefined ? {} : { signal };
  const object = leaseObject(wish, resourceVersion);
  return trimLease(
    resourceVersion === undefined
      ? await api.create(leases, object, options)
      : await api.replace(leases, object, options),
  );
}

/** A wish's times for now. */
export function leaseTime(wallMs: number): string {
  return kubeMicroTime(wallMs);
}

function leaseObject(wish: LeaseWish, resourceVersion: string | undefined): LeaseObject {
  const { namespace, name, labels, owner, handover = "" } = wish;
  return {
    metadata: {
      namespace,
      name,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(labels === undefined ? {} : { labels }),
      ...(handover === "" ? {} : { annotations: { [handoverAnnotation]: handover } }),
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec: {
      holderIdentity: wish.holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(wish.durationMs / 1000)),
      ...(wish.acquireTime === "" ? {} : { acquireTime: wish.acquireTime }),
      ...(wish.renewTime === "" ? {} : { renewTime: wish.renewTime }),
      leaseTransitions: wish.transitions,
    },
  };
}
