/** The control plane of a lab, whichever it is. */
import type { ApiAccess } from "../api.ts";
import type { LabProcess } from "../process.ts";

export interface ControlPlane {
  readonly kind: "real" | "embedded";
  /** How it is called in what the lab prints, as in `Kubernetes v1.36.3`. */
  readonly title: string;
  readonly access: ApiAccess;
  /** The name to expect in the certificate when the server is reached by another address. */
  readonly tlsServerName: string | null;
  /** EndpointSlices are made by a controller-manager; otherwise the lab makes them. */
  readonly makesEndpointSlices: boolean;
  /** A kube-proxy to be started on each node; null: the lab stands in for it. */
  readonly kubeProxy: string | null;
  /** kubectl, or null. */
  readonly kubectl: string | null;
  readonly processes: readonly LabProcess[];
  /** The API server is gone for all others, connections included. */
  stopApiServer(): Promise<void>;
  /** It is back, with its data. */
  startApiServer(): Promise<void>;
}
