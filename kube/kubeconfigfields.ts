/** The fields of a kubeconfig, each read as the type that it must have. */
import { dirname, resolve } from "node:path";
import { KubeConfigError } from "./config.ts";

/** A PEM text: in the kubeconfig itself, or in a file, by its absolute path and the field that names it. */
export type Pem = { readonly text: string } | { readonly path: string; readonly field: string };

/**
 * One mapping of a file. A field that is missing, null or empty is undefined, as in Go; one of another type throws
 * {@link KubeConfigError} with file and field, and never with the value: it may be a secret.
 */
export class Fields {
  /** The kubeconfig's path. */
  readonly file: string;
  /** For people, as in `kubeconfig /root/.kube/config, user admin`. */
  readonly where: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(file: string, where: string, values: Readonly<Record<string, unknown>>) {
    this.file = file;
    this.where = where;
    this.#values = values;
  }

  text(field: string): string | undefined {
    const value = this.#value(field);
    if (value === undefined || typeof value === "string") return value;
    throw this.#wrong(field, "text", value);
  }

  /** @throws {KubeConfigError} also when it is missing or empty */
  requiredText(field: string): string {
    const value = this.text(field);
    if (value === undefined) throw this.problem(`${field} is missing`);
    return value;
  }

  /** The absolute path of a file; relative ones start at the kubeconfig's folder. */
  path(field: string): string | undefined {
    const path = this.text(field);
    return path === undefined ? undefined : resolve(dirname(this.file), path);
  }

  /** The field names a file; another, of the same name and `-data`, holds base64 and counts more. */
  pem(field: string): Pem | undefined {
    const path = this.path(field);
    const encoded = this.text(`${field}-data`);
    if (encoded === undefined) return path === undefined ? undefined : { path, field };
    let text: string;
    try {
      text = new TextDecoder().decode(Uint8Array.fromBase64(encoded));
    } catch {
      throw this.problem(`${field}-data is not base64`);
    }
    if (!isPem(text)) throw this.problem(`${field}-data holds no PEM`);
    return { text };
  }

  /** Missing counts as false. */
  flag(field: string): boolean {
    const value = this.#value(field);
    if (value === undefined || typeof value === "boolean") return value ?? false;
    throw this.#wrong(field, "true or false", value);
  }

  /** The field's own mapping. */
  fields(field: string): Fields | undefined {
    const value = this.#value(field);
    if (value === undefined) return undefined;
    if (!isMapping(value)) throw this.#wrong(field, "a mapping", value);
    return new Fields(this.file, `${this.where}, ${field}`, value);
  }

  /** A list of mappings. */
  list(field: string): Fields[] {
    return this.#items(field).map((item, index) => {
      if (!isMapping(item)) throw this.#wrong(`${field}[${index}]`, "a mapping", item);
      return new Fields(this.file, `${this.where}, ${field}[${index}]`, item);
    });
  }

  texts(field: string): string[] {
    return this.#items(field).map((item, index) => {
      if (typeof item !== "string") throw this.#wrong(`${field}[${index}]`, "text", item);
      return item;
    });
  }

  /** A copy of everything, for whom reads it in another way. */
  copy(): Record<string, unknown> {
    return structuredClone(this.#values);
  }

  has(field: string): boolean {
    return this.#value(field) !== undefined;
  }

  /** The field's own mapping, empty when it is missing, with a name of its own for people. */
  inside(field: string, where: string): Fields {
    const value = this.#value(field) ?? {};
    if (!isMapping(value)) throw new KubeConfigError(`${where}: ${field} must be a mapping`);
    return new Fields(this.file, where, value);
  }

  problem(text: string): KubeConfigError {
    return new KubeConfigError(`${this.where}: ${text}`);
  }

  #items(field: string): readonly unknown[] {
    const value = this.#value(field) ?? [];
    if (!Array.isArray(value)) throw this.#wrong(field, "a list", value);
    return value;
  }

  #value(field: string): unknown {
    const value = Object.hasOwn(this.#values, field) ? this.#values[field] : undefined;
    return value === null || value === "" ? undefined : value;
  }

  #wrong(field: string, wanted: string, value: unknown): KubeConfigError {
    const hint = wanted === "text" && typeof value !== "object" ? "; put it in quotes" : "";
    return this.problem(`${field} must be ${wanted}, and is ${kindOf(value)}${hint}`);
  }
}

/** Whether it may be certificates or keys (RFC 7468). */
export function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "object":
      return "a mapping";
    default:
      return "a number";
  }
}
