/** What the parts of one running server share. */
import type { Authenticator, User } from "./authn.ts";
import type { Registry } from "./registry.ts";
import type { ServiceAllocator } from "./service_alloc.ts";
import type { Store } from "./store.ts";

/** The parts of one running server. */
export interface ServerState {
  readonly store: Store;
  readonly registry: Registry;
  readonly allocator: ServiceAllocator;
  readonly authenticator: Authenticator;
  /** The time that goes into objects. */
  readonly now: () => Date;
}

/** Who writes, and how. */
export interface WriteContext {
  readonly user: User;
  /** Everything is decided and answered, nothing is stored. */
  readonly dryRun: boolean;
  /** Goes into `metadata.managedFields`. */
  readonly manager: string;
  /** What happens with fields that the schema doesn't know. */
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
  /** Texts for `Warning:` headers; filled on the way. */
  readonly warnings: string[];
}
