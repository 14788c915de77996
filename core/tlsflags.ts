/**
 * The three TLS flags that both programs share with MetalLB. They are checked as MetalLB does, so that a mistake is
 * still told at the start. Suites and groups are decided by Deno's TLS, which speaks 1.2 and 1.3 with safe ones only.
 */
import { type FlagError, type FlagTable, refuse } from "./flags.ts";

const help = {
  tlsMinVersion: "the oldest TLS version for the metrics: VersionTLS12, or VersionTLS13, the default",
  tlsCipherSuites: "names of TLS 1.2 cipher suites, separated by commas; only with VersionTLS12",
  tlsCurvePreferences: "numbers of key exchange groups (IANA), separated by commas",
};

/** To be spread into a flag table. */
export const tlsFlags = {
  tlsMinVersion: {
    flag: "tls-min-version",
    kind: "string",
    default: "",
    help: help.tlsMinVersion,
    works: true,
  },
  tlsCipherSuites: {
    flag: "tls-cipher-suites",
    kind: "string",
    default: "",
    help: help.tlsCipherSuites,
    works: false,
  },
  tlsCurvePreferences: {
    flag: "tls-curve-preferences",
    kind: "string",
    default: "",
    help: help.tlsCurvePreferences,
    works: false,
  },
} as const satisfies FlagTable;

/** What the flags above were read as. */
export interface TlsOptions {
  readonly tlsMinVersion: string;
  readonly tlsCipherSuites: string;
  readonly tlsCurvePreferences: string;
}

/** The oldest TLS version to speak: 1.3 unless an older one is asked for, and never one before 1.2, which are broken. */
export function oldestTls({ tlsMinVersion }: TlsOptions): "1.2" | "1.3" {
  return tlsMinVersion === "" || tlsMinVersion === "VersionTLS13" ? "1.3" : "1.2";
}

const versions = ["VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"];

/** P-256, P-384, P-521, X25519 and the three hybrids with ML-KEM; see IANA's TLS Supported Groups. */
const groups = [23, 24, 25, 29, 4587, 4588, 4589];

/** What is wrong with the TLS flags, or null. */
export function checkTls(options: TlsOptions): FlagError | null {
  const { tlsMinVersion: version, tlsCipherSuites: suites } = options;
  if (version !== "" && !versions.includes(version)) {
    return refuse(`--tls-min-version=${JSON.stringify(version)}: wants one of ${versions.join(", ")}`);
  }
  if (suites !== "" && (version === "" || version === "VersionTLS13")) {
    return refuse(
      "--tls-cipher-suites can't be set with TLS 1.3, the default, whose suites are fixed; " +
        "add --tls-min-version=VersionTLS12",
    );
  }
  const unknown = list(suites).find((name) => !/^TLS_[A-Z0-9]+(_[A-Z0-9]+)*$/.test(name));
  if (unknown !== undefined) {
    return refuse(`--tls-cipher-suites: ${JSON.stringify(unknown)} is not the name of a cipher suite`);
  }
  return checkCurves(list(options.tlsCurvePreferences));
}

function checkCurves(curves: readonly string[]): FlagError | null {
  for (const [index, curve] of curves.entries()) {
    const problem = !/^\d+$/.test(curve) || !groups.includes(Number(curve))
      ? `is not one of ${groups.join(", ")}`
      : curves.some((other, at) => at < index && Number(other) === Number(curve))
      ? "is given twice"
      : null;
    if (problem !== null) return refuse(`--tls-curve-preferences: ${JSON.stringify(curve)} ${problem}`);
  }
  return null;
}

function list(text: string): string[] {
  return text === "" ? [] : text.split(",").map((part) => part.trim());
}
