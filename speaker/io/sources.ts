/** The watches that feed the speaker's loop. */
import type { Clock } from "../../core/clock.ts";
import { trimEndpointSlice } from "../../core/endpointslice.ts";
import type { Logger } from "../../core/log.ts";
import { trimNode } from "../../core/node.ts";
import { trimService } from "../../core/service.ts";
import { trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import { trimL2Advertisement } from "../../crds/l2advertisement.ts";
import { type KubeApi, KubeApiError, type Resource, type Trim } from "../../kube/api.ts";
import { trimLease } from "../../kube/leases.ts";
import { speakerLeaseSelector } from "../../kube/nodelease.ts";
import { reflect, type ReflectorInput } from "../../kube/reflector.ts";
import {
  endpointSlices,
  ipAddressPools,
  l2Advertisements,
  leases,
  nodes,
  services,
} from "../../kube/resources.ts";
import type { Input } from "../machine.ts";

export interface SourceOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** Where Pewter is installed: of its configuration only what is here has an effect. */
  readonly namespace: string;
  readonly post: (input: Input) => void;
}

type Change<T> = Exclude<ReflectorInput<T>, { readonly type: "contact" }>;

/** Follows everything until the signal is aborted. */
export async function followAll(options: SourceOptions, signal: AbortSignal): Promise<void> {
  const { api, clock, random, log, namespace, post } = options;
  const follow = <T>(
    resource: Resource,
    trim: Trim<T>,
    scope: { readonly namespace?: string; readonly labelSelector?: string },
    take: (input: Change<T>) => void,
  ) =>
    reflect<T>({
      ...{ api, clock, random, log },
      resource,
      trim,
      ...scope,
      post: (input) => input.type === "contact" ? undefined : take(input),
    }, signal);
  await Promise.all([
    follow(services, trimService, {}, (input) => post({ source: "services", input })),
    follow(endpointSlices, trimEndpointSlice, {}, (input) => post({ source: "endpointSlices", input })),
    follow(nodes, trimNode, {}, (input) => post({ source: "nodes", input })),
    follow(ipAddressPools, trimIPAddressPool, { namespace }, (input) => post({ source: "pools", input })),
    follow(
      l2Advertisements,
      trimL2Advertisement,
      { namespace },
      (input) => post({ source: "advertisements", input }),
    ),
    follow(
      leases,
      trimLease,
      { namespace, labelSelector: speakerLeaseSelector },
      (input) => post({ source: "leases", input }),
    ),
    askForLeases(options, signal),
  ]);
}

/** Whether Leases may be read at all; the watch by itself goes on trying and never says no. */
async function askForLeases(
  { api, clock, namespace, post }: SourceOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await api.list(leases, trimLease, { namespace, labelSelector: speakerLeaseSelector, signal });
      return;
    } catch (error) {
      if (error instanceof KubeApiError && (error.status === 403 || error.status === 404)) {
        return post({ source: "leases", input: { type: "forbidden" } });
      }
      await clock.sleep(1000, signal).catch(() => {});
    }
  }
}
