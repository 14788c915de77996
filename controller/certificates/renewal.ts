/** When the webhook's certificates are made anew, and which of them. */

/** All in milliseconds. */
export interface Lifetimes {
  readonly authorityMs: number;
  readonly serverMs: number;
  /** Something that ends sooner than this is made anew. */
  readonly renewBeforeMs: number;
  /** For clocks that are behind: from how long before now certificates count. */
  readonly skewMs: number;
}

const dayMs = 86_400_000;

/** As MetalLB has them. */
export const usualLifetimes: Lifetimes = {
  authorityMs: 3650 * dayMs,
  serverMs: 365 * dayMs,
  renewBeforeMs: 90 * dayMs,
  skewMs: 3_600_000,
};

/** How often they are looked at, when nothing else happens. */
export const checkEveryMs = 12 * 3_600_000;

/** What was found in certificates; null: it can't be read. */
export interface Findings {
  readonly authority: AuthorityFindings | null;
  readonly server: ServerFindings | null;
}

export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface AuthorityFindings extends Validity {
  /** The key belongs to it, and is one that we can sign with. */
  readonly keyUsable: boolean;
}

export interface ServerFindings extends Validity {
  /** DNS names that clients may ask for. */
  readonly names: readonly string[];
  readonly keyFits: boolean;
  /** By the first certificate of ca.crt. */
  readonly signedByAuthority: boolean;
}

export type Renewal =
  | { readonly type: "keep" }
  /** A server certificate of the same authority. */
  | { readonly type: "renewServer"; readonly why: string }
  | { readonly type: "renewAll"; readonly why: string };

/**
 * @param found null: there are no certificates yet
 * @param name the DNS name that the API server asks for
 * @param nowMs since the Unix epoch
 */
export function decideRenewal(
  found: Findings | null,
  name: string,
  nowMs: number,
  { renewBeforeMs }: Lifetimes,
): Renewal {
  if (found === null) return { type: "renewAll", why: "there are none yet" };
  const { authority, server } = found;
  if (authority === null) return { type: "renewAll", why: "the authority's certificate can't be read" };
  const ageing = expiry("the authority's certificate", authority, nowMs, renewBeforeMs);
  if (ageing !== null) return { type: "renewAll", why: ageing };
  const why = serverProblem(server, name, nowMs, renewBeforeMs);
  if (why === null) return { type: "keep" };
  return authority.keyUsable
    ? { type: "renewServer", why }
    : { type: "renewAll", why: `${why}, and the authority's key can't sign another` };
}

function serverProblem(
  server: ServerFindings | null,
  name: string,
  nowMs: number,
  renewBeforeMs: number,
): string | null {
  if (server === null) return "the server's certificate can't be read";
  if (!server.keyFits) return "the server's key doesn't belong to its certificate";
  if (!server.signedByAuthority) return "the authority did not sign the server's certificate";
  if (!server.names.includes(name)) return `the server's certificate isn't for ${name}`;
  return expiry("the server's certificate", server, nowMs, renewBeforeMs);
}

function expiry(
  what: string,
  { fromMs, untilMs }: Validity,
  nowMs: number,
  renewBeforeMs: number,
): string | null {
  if (fromMs > nowMs) return `${what} counts from ${new Date(fromMs).toISOString()} only`;
  if (untilMs - nowMs > renewBeforeMs) return null;
  return `${what} ${untilMs <= nowMs ? "ended" : "ends"} at ${new Date(untilMs).toISOString()}`;
}
