/** The speaker's flags and environment variables. MetalLB's are all here, with its names, defaults and exit codes. */
import { commonFlags } from "../core/commonflags.ts";
import { flagHelp } from "../core/flaghelp.ts";
import {
  type Environment,
  type FlagError,
  type FlagResult,
  type FlagTable,
  type OptionsOf,
  parseFlags,
  refuse,
} from "../core/flags.ts";
import { checkTls } from "../core/tlsflags.ts";

export const speakerFlags = {
  ...commonFlags,
  nodeName: {
    flag: "node-name",
    env: "METALLB_NODE_NAME",
    kind: "string",
    default: "",
    help: "the name of the Node that this speaker announces for; it must be given",
    works: true,
  },
  ignoreExcludeLb: {
    flag: "ignore-exclude-lb",
    kind: "bool",
    default: false,
    help: "announce from nodes with the label node.kubernetes.io/exclude-from-external-load-balancers too",
    works: true,
  },
  nodeLeaseDurationMs: {
    flag: "node-lease-duration",
    kind: "duration",
    default: 3000,
    min: 1000,
    help: "after how long without a renewal of its Lease a node is taken for gone, in whole seconds",
    works: true,
  },
  nodeLeaseRenewMs: {
    flag: "node-lease-renew",
    kind: "duration",
    default: 1000,
    min: 100,
    help: "how often the Lease pewter-speaker-<node> is renewed; shorter than --node-lease-duration",
    works: true,
  },
  host: {
    flag: "host",
    env: "METALLB_HOST",
    kind: "string",
    default: "",
    help: "an address that MetalLB no longer reads either",
    works: false,
  },
  mlBindAddr: {
    flag: "ml-bindaddr",
    env: "METALLB_ML_BIND_ADDR",
    kind: "string",
    default: "",
    help: "the address for memberlist",
    works: false,
  },
  mlBindPort: {
    flag: "ml-bindport",
    env: "METALLB_ML_BIND_PORT",
    kind: "string",
    default: "",
    help: "the port for memberlist",
    works: false,
  },
  mlLabels: {
    flag: "ml-labels",
    env: "METALLB_ML_LABELS",
    kind: "string",
    default: "",
    help: "the labels by which memberlist finds the other speakers' Pods",
    works: false,
  },
  mlSecretKeyPath: {
    flag: "ml-secret-key-path",
    env: "METALLB_ML_SECRET_KEY_PATH",
    kind: "string",
    default: "",
    help: "the folder of memberlist's key",
    works: false,
  },
  mlWanConfig: {
    flag: "ml-wan-config",
    kind: "bool",
    default: false,
    help: "memberlist's timings for wide area networks",
    works: false,
  },
  bgpDebounceTimeout: {
    flag: "bgp-debounce-timeout",
    env: "METALLB_BGP_DEBOUNCE_TIMEOUT",
    kind: "string",
    default: "",
    help: "for how many milliseconds changes are collected before FRR is told",
    works: false,
  },
  frrK8sNamespace: {
    flag: "frrk8s-namespace",
    env: "FRRK8S_NAMESPACE",
    kind: "string",
    default: "",
    help: "the namespace of the FRRConfigurations",
    works: false,
  },
  frrK8sSecretPassthrough: {
    flag: "frrk8s-secret-passthrough",
    kind: "bool",
    default: false,
    help: "name the password's Secret in the FRRConfiguration instead of copying it",
    works: false,
  },
  frrConfigFile: {
    flag: null,
    env: "FRR_CONFIG_FILE",
    kind: "string",
    default: "",
    help: "where FRR's configuration would be written",
    works: false,
  },
  frrReloaderPidFile: {
    flag: null,
    env: "FRR_RELOADER_PID_FILE",
    kind: "string",
    default: "",
    help: "the process to tell of it",
    works: false,
  },
  frrLoggingLevel: {
    flag: null,
    env: "FRR_LOGGING_LEVEL",
    kind: "string",
    default: "",
    help: "FRR's log level",
    works: false,
  },
} as const satisfies FlagTable;

export type SpeakerOptions = OptionsOf<typeof speakerFlags>;

/** Reads the speaker's command line. */
export function parseSpeakerFlags(args: readonly string[], env: Environment): FlagResult<SpeakerOptions> {
  const result = parseFlags(speakerFlags, args, env);
  if (result.kind !== "options") return result;
  const { options } = result;
  return checkTls(options) ?? checkNode(options) ?? checkFrr(options) ?? result;
}

/** What `speaker --help` prints. */
export function speakerHelp(): string {
  return flagHelp(
    "speaker",
    "Pewter's speaker: answers for, or routes, the addresses of Services on one node.",
    speakerFlags,
  );
}

function checkNode(options: SpeakerOptions): FlagError | null {
  if (options.nodeName === "") return refuse("the node is not known: give --node-name or METALLB_NODE_NAME");
  // The Lease's field counts whole seconds.
  if (options.nodeLeaseDurationMs % 1000 !== 0) return refuse("--node-lease-duration: wants whole seconds");
  if (options.nodeLeaseRenewMs >= options.nodeLeaseDurationMs) {
    return refuse("--node-lease-renew must be shorter than --node-lease-duration");
  }
  return null;
}

/** What MetalLB refuses at the start about things that have no effect here: a mistake stays a mistake. */
function checkFrr(options: SpeakerOptions): FlagError | null {
  const { bgpDebounceTimeout: debounce, mlBindPort: port } = options;
  if (debounce !== "" && !(/^\+?\d+$/.test(debounce) && Number(debounce) > 0)) {
    return refuse(`--bgp-debounce-timeout=${JSON.stringify(debounce)}: wants milliseconds, above 0`);
  }
  if (port !== "" && !(/^\d+$/.test(port) && Number(port) <= 65535)) {
    return refuse(`--ml-bindport=${JSON.stringify(port)}: wants 0 to 65535`);
  }
  const frrK8s = options.bgpType.startsWith("frr-k8s");
  if (options.frrK8sSecretPassthrough && (!frrK8s || options.frrK8sNamespace === "")) {
    return refuse("--frrk8s-secret-passthrough needs METALLB_BGP_TYPE=frr-k8s and --frrk8s-namespace");
  }
  return null;
}
