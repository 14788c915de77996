/** The flags that the controller and the speaker have in common: MetalLB's, with its names and defaults. */
import type { FlagTable } from "./flags.ts";
import { tlsFlags } from "./tlsflags.ts";

/** The values of --log-level, as MetalLB spells them. */
export const logLevelNames = ["all", "debug", "info", "warn", "error", "none"] as const;

/** The backends that MetalLB has; here one engine speaks BGP whatever is named. */
const bgpTypes = ["native", "frr", "frr-k8s", "frr-k8s-external"] as const;

/** To be spread into a program's table. */
export const commonFlags = {
  namespace: {
    flag: "namespace",
    env: "METALLB_NAMESPACE",
    kind: "string",
    default: "",
    help: "the namespace of the configuration; not set: the one of this Pod's service account",
    works: true,
  },
  podName: {
    flag: "pod-name",
    env: "METALLB_POD_NAME",
    kind: "string",
    default: "",
    help: "the name of this Pod",
    works: true,
  },
  kubeconfig: {
    flag: "kubeconfig",
    kind: "string",
    default: "",
    help:
      "a kubeconfig file; not set: $KUBECONFIG, or else this Pod's service account, or else ~/.kube/config",
    works: true,
  },
  lbClass: {
    flag: "lb-class",
    kind: "string",
    default: "",
    help: "handle only Services with this spec.loadBalancerClass; not set: only those without one",
    works: true,
  },
  logLevel: {
    flag: "log-level",
    kind: "enum",
    values: logLevelNames,
    default: "info",
    help: "the least severity that is logged",
    works: true,
  },
  healthProbePort: {
    flag: "health-probe-port",
    kind: "int",
    default: 17472,
    min: 0,
    max: 65535,
    help: "the port of /healthz and /readyz",
    works: true,
  },
  port: {
    flag: "port",
    kind: "int",
    default: 9120,
    min: 0,
    max: 65535,
    help: "the port of the metrics, over HTTPS; 0: none",
    works: true,
  },
  metricsCertDir: {
    flag: "metrics-cert-dir",
    kind: "string",
    default: "",
    help:
      "the folder of tls.crt and tls.key for the metrics, read again when they change; not set: self-signed",
    works: true,
  },
  ...tlsFlags,
  pprofBindAddress: {
    flag: "pprof-bind-address",
    kind: "string",
    default: "",
    help: "where Go's profiler would listen",
    works: false,
  },
  bgpType: {
    flag: null,
    env: "METALLB_BGP_TYPE",
    kind: "enum",
    values: bgpTypes,
    default: "native",
    help: "which of MetalLB's BGP backends the configuration was written for",
    works: false,
  },
} as const satisfies FlagTable;
