/** MetalLB v0.16's flags, written down once more, by hand, so that the tables of the programs can be held against them. */

/** The flag, a value other than the default, and the default as it is read. */
export type MetallbFlag = readonly [flag: string, value: string, fallback: string | number | boolean];

const both: readonly MetallbFlag[] = [
  ["port", "7472", 9120],
  ["namespace", "lb", ""],
  ["pod-name", "pod-1", ""],
  ["log-level", "debug", "info"],
  ["pprof-bind-address", "127.0.0.1:6060", ""],
  ["health-probe-port", "8080", 17472],
  ["lb-class", "example.com/pewter", ""],
  ["tls-min-version", "VersionTLS12", ""],
  ["tls-curve-preferences", "29", ""],
  ["metrics-cert-dir", "/certs", ""],
  ["kubeconfig", "/tmp/kubeconfig", ""],
];

export const metallbControllerFlags: readonly MetallbFlag[] = [
  ...both,
  ["ml-secret-name", "memberlist", ""],
  ["deployment", "controller", ""],
  ["disable-cert-rotation", "true", false],
  ["cert-dir", "/certs", "/tmp/k8s-webhook-server/serving-certs"],
  ["cert-service-name", "hook", "metallb-webhook-service"],
  ["webhook-secret", "hook", "metallb-webhook-cert"],
  ["webhook-mode", "disabled", "enabled"],
  ["webhook-http2", "true", false],
];

export const metallbSpeakerFlags: readonly MetallbFlag[] = [
  ...both,
  ["host", "192.0.2.1", ""],
  ["ml-bindaddr", "192.0.2.1", ""],
  ["ml-bindport", "7946", ""],
  ["ml-labels", "app=metallb,component=speaker", ""],
  ["ml-secret-key-path", "/etc/ml_secret_key", ""],
  ["ml-wan-config", "true", false],
  ["ignore-exclude-lb", "true", false],
  ["bgp-debounce-timeout", "3000", ""],
  ["frrk8s-namespace", "frr", ""],
];
