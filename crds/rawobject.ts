/** A custom resource as it comes from the API server or a file. */
import type { V1ObjectMeta } from "@kubernetes/client-node";
import type { Wire } from "../core/wire.ts";

export interface RawObject {
  /** As in `metallb.io/v1beta1`. */
  readonly apiVersion?: string;
  readonly metadata: Wire<V1ObjectMeta>;
  readonly spec?: unknown;
  readonly status?: unknown;
}
