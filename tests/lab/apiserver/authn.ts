/** Who asks: bearer tokens, given by tests, or made by the TokenRequest subresource. */

/** See Kubernetes `authentication.k8s.io` UserInfo. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
}

/** Somebody without a token. */
export const ANONYMOUS: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** Knows the tokens. */
export class Authenticator {
  readonly #tokens = new Map<string, { readonly user: User; readonly expires: number }>();

  /** Accepts a token from now on; `expires` is in Unix milliseconds. */
  add(token: string, user: User, expires = Infinity): void {
    const groups = [...new Set([...user.groups, "system:authenticated"])];
    this.#tokens.set(token, { user: { ...user, groups }, expires });
  }

  /** The user of a token, or undefined when nobody has it or it has run out. */
  user(token: string, nowMs: number): User | undefined {
    const found = this.#tokens.get(token);
    return found === undefined || found.expires <= nowMs ? undefined : found.user;
  }

  /** Reads an Authorization header; undefined means 401. */
  authenticate(header: string | null, nowMs: number): User | undefined {
    if (header === null) return ANONYMOUS;
    const found = /^Bearer\s+(\S+)$/i.exec(header);
    return found === null ? ANONYMOUS : this.user(found[1] ?? "", nowMs);
  }
}

/** The user that a ServiceAccount's tokens stand for. */
export function serviceAccountUser(namespace: string, name: string, uid: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`],
    uid,
  };
}

function base64url(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * A token in the shape of a JWT, so that clients which read its `exp` can. It is not signed: the server knows its
 * tokens by heart.
 */
export function makeToken(
  user: User,
  audiences: readonly string[],
  issuedMs: number,
  expiresMs: number,
): string {
  const claims = {
    iss: "https://kubernetes.default.svc",
    sub: user.name,
    aud: audiences,
    iat: Math.floor(issuedMs / 1000),
    exp: Math.floor(expiresMs / 1000),
    jti: crypto.randomUUID(),
  };
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const signature = base64url(String.fromCharCode(...secret));
  return `${base64url('{"alg":"none","typ":"JWT"}')}.${base64url(JSON.stringify(claims))}.${signature}`;
}
