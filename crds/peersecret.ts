/** The Secret that a BGPPeer's passwordSecret names, trimmed to its password. */
import { type Meta, trimMeta } from "../core/meta.ts";
import { maxPasswordBytes, Password } from "./password.ts";
import type { RawObject } from "./rawobject.ts";
import { isMapping, quote } from "./values.ts";

export interface PeerSecret extends Meta {
  /** As in `kubernetes.io/basic-auth`. */
  readonly type: string;
  /** null: it has no key `password`, or it isn't base64. */
  readonly password: Password | null;
}

/** A Secret as it comes from the API server or a file. */
export interface RawSecret extends Pick<RawObject, "metadata"> {
  readonly type?: unknown;
  readonly data?: unknown;
  /** In files; the API server moves it into data. */
  readonly stringData?: unknown;
}

/** The type that a Secret must have; see Kubernetes `SecretTypeBasicAuth`. */
export const peerSecretType = "kubernetes.io/basic-auth";

const passwordKey = "password";

/** Keeps what decisions read; nothing of a Secret of another type. */
export function trimPeerSecret(raw: RawSecret): PeerSecret {
  const type = typeof raw.type === "string" ? raw.type : "Opaque";
  return { ...trimMeta(raw.metadata), type, password: type === peerSecretType ? passwordIn(raw) : null };
}

function passwordIn({ data, stringData }: RawSecret): Password | null {
  const plain = isMapping(stringData) ? stringData[passwordKey] : undefined;
  if (typeof plain === "string") return Password.ofText(plain);
  const encoded = isMapping(data) ? data[passwordKey] : undefined;
  return typeof encoded === "string" ? Password.ofBase64(encoded) : null;
}

/** The password that the Secret has, or what is wrong with it. */
export function passwordOf(
  secret: PeerSecret | undefined,
  name: string,
  namespace: string,
): { readonly password: Password } | { readonly message: string } {
  const which = `Secret ${quote(name)} in namespace ${quote(namespace)}`;
  if (secret === undefined) return { message: `there is no ${which}` };
  if (secret.type !== peerSecretType) {
    return { message: `${which} must have the type ${peerSecretType}, not ${quote(secret.type)}` };
  }
  const { password } = secret;
  if (password === null || password.length === 0) {
    return { message: `${which} must have a password under the key ${quote(passwordKey)}` };
  }
  if (password.length > maxPasswordBytes) {
    return {
      message: `the password in ${which} must have at most ${maxPasswordBytes} bytes, not ${password.length}`,
    };
  }
  return { password };
}
