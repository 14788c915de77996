/** A kubeconfig's user: how to show the API server who we are (client-go `clientcmd`, `AuthInfo` of v1). */
import type { Fields, Pem } from "./kubeconfigfields.ts";

/** With nothing but a name: anonymous. */
export interface User {
  readonly name: string;
  readonly token: string | undefined;
  /** An absolute path; counts more than `token` while it can be read. */
  readonly tokenFile: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly cert: Pem | undefined;
  readonly key: Pem | undefined;
  /** Whom to act as: a user's name and UID. */
  readonly impersonate: { readonly name: string; readonly uid: string | undefined } | undefined;
  /** A program that gives the credentials. */
  readonly exec: ExecPlugin | undefined;
  /** What `exec` has replaced; as it stands in the file. */
  readonly authProvider: Readonly<Record<string, unknown>> | undefined;
}

/** See client-go's `ExecConfig`. */
export interface ExecPlugin {
  /** To be looked for in $PATH, or an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
  readonly provideClusterInfo: boolean;
}

/** @throws {KubeConfigError} naming file and field */
export function userOf(name: string, fields: Fields): User {
  const user: User = {
    name,
    token: fields.text("token"),
    tokenFile: fields.path("tokenFile"),
    username: fields.text("username"),
    password: fields.text("password"),
    cert: fields.pem("client-certificate"),
    key: fields.pem("client-key"),
    impersonate: impersonationOf(fields),
    exec: execOf(fields.fields("exec")),
    authProvider: fields.fields("auth-provider")?.copy(),
  };
  if (user.exec !== undefined && user.authProvider !== undefined) {
    throw fields.problem("exec and auth-provider don't go together");
  }
  if (user.cert !== undefined && user.key === undefined) {
    throw fields.problem("client-certificate needs client-key or client-key-data");
  }
  return user;
}

/** Going on without the groups could give more rights than were meant. */
function impersonationOf(fields: Fields): User["impersonate"] {
  for (const field of ["as-groups", "as-user-extra"]) {
    if (fields.has(field)) {
      throw fields.problem(`${field} can't be used here; give that user's own credentials`);
    }
  }
  const name = fields.text("as");
  const uid = fields.text("as-uid");
  if (name === undefined && uid !== undefined) throw fields.problem("as-uid needs as");
  return name === undefined ? undefined : { name, uid };
}

/** A command with a slash in it is a path, and relative to the kubeconfig. */
function execOf(fields: Fields | undefined): ExecPlugin | undefined {
  if (fields === undefined) return undefined;
  const command = fields.requiredText("command");
  return {
    command: command.includes("/") ? fields.path("command") ?? command : command,
    args: fields.texts("args"),
    env: fields.list("env").map((entry) => ({
      name: entry.requiredText("name"),
      value: entry.text("value") ?? "",
    })),
    apiVersion: fields.text("apiVersion") ?? "client.authentication.k8s.io/v1",
    provideClusterInfo: fields.flag("provideClusterInfo"),
  };
}
