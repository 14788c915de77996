/** Objects as they stand in files or come from the API server, before anything is read out of them. */
import type { V1ObjectMeta } from "@kubernetes/client-node";
import type { Wire } from "../wire.ts";

/** One object. Of its metadata the types are sure; what the rest holds is for those to say who read it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Wire<V1ObjectMeta>;
  readonly [field: string]: unknown;
}

/** Where something was read: a file's path and the line, from 1. */
export interface Place {
  readonly source: string;
  readonly line: number | null;
}

/** What was given can't be read; nothing is planned. The message names file, line and reason. */
export class InputError extends Error {
  override readonly name = "InputError";
  constructor({ source, line }: Place, reason: string, options?: ErrorOptions) {
    super(`${source}${line === null ? "" : `:${line}`}: ${reason}`, options);
  }
}
