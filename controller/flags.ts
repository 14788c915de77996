/** The controller's flags and environment variables. MetalLB's are all here, with its names, defaults and exit codes. */
import { commonFlags } from "../core/commonflags.ts";
import { flagHelp } from "../core/flaghelp.ts";
import {
  type Environment,
  type FlagResult,
  type FlagTable,
  type OptionsOf,
  parseFlags,
  refuse,
} from "../core/flags.ts";
import { checkTls } from "../core/tlsflags.ts";

export const controllerFlags = {
  ...commonFlags,
  leaderElect: {
    flag: "leader-elect",
    kind: "bool",
    default: true,
    help: "act only while holding the Lease pewter-controller, so that several replicas can run",
    works: true,
  },
  leaseDurationMs: {
    flag: "lease-duration",
    kind: "duration",
    default: 15_000,
    min: 1000,
    help: "how long the Lease lasts without a renewal, in whole seconds: the longest wait when a leader dies",
    works: true,
  },
  webhookMode: {
    flag: "webhook-mode",
    kind: "enum",
    values: ["enabled", "disabled", "onlywebhook"],
    default: "enabled",
    help: "disabled: no webhooks; onlywebhook: assign no addresses",
    works: true,
  },
  webhookHttp2: {
    flag: "webhook-http2",
    kind: "bool",
    default: false,
    help: "whether the admission webhook speaks HTTP/2",
    works: false,
  },
  webhookSecret: {
    flag: "webhook-secret",
    kind: "string",
    default: "metallb-webhook-cert",
    help: "the Secret that holds the webhook's certificates; it must be there, empty at first",
    works: true,
  },
  certDir: {
    flag: "cert-dir",
    kind: "string",
    default: "/tmp/k8s-webhook-server/serving-certs",
    help: "with --disable-cert-rotation: the folder of tls.crt and tls.key, read again when they change",
    works: true,
  },
  certServiceName: {
    flag: "cert-service-name",
    kind: "string",
    default: "metallb-webhook-service",
    help: "the webhook's Service, for the name in its certificate",
    works: true,
  },
  disableCertRotation: {
    flag: "disable-cert-rotation",
    kind: "bool",
    default: false,
    help:
      "whether the webhook's certificates are left to somebody else, as are the caBundles of the API server",
    works: true,
  },
  mlSecretName: {
    flag: "ml-secret-name",
    env: "METALLB_ML_SECRET_NAME",
    kind: "string",
    default: "",
    help: "the Secret with the speakers' memberlist key, to be made when it is missing",
    works: false,
  },
  deployment: {
    flag: "deployment",
    env: "METALLB_DEPLOYMENT",
    kind: "string",
    default: "",
    help: "the Deployment that shall own that Secret",
    works: false,
  },
} as const satisfies FlagTable;

export type ControllerOptions = OptionsOf<typeof controllerFlags>;

/** Reads the controller's command line. */
export function parseControllerFlags(
  args: readonly string[],
  env: Environment,
): FlagResult<ControllerOptions> {
  const result = parseFlags(controllerFlags, args, env);
  if (result.kind !== "options") return result;
  // The Lease's field counts whole seconds.
  if (result.options.leaseDurationMs % 1000 !== 0) return refuse("--lease-duration: wants whole seconds");
  return checkTls(result.options) ?? result;
}

/** What `controller --help` prints. */
export function controllerHelp(): string {
  return flagHelp(
    "controller",
    "Pewter's controller: gives Services of type LoadBalancer their addresses.",
    controllerFlags,
  );
}
