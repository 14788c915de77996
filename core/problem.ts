/** Invalid or doubtful configuration, said once and shown in logs, Events, ConfigurationState and `plan`. */
export interface Problem {
  /** error: the object, or the named part of it, has no effect; warning: it works, and probably not as meant. */
  readonly severity: "error" | "warning";
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The path of the field, as in `spec.addresses[0]`. */
  readonly field: string;
  /** A sentence that says what is wrong and what would be right. */
  readonly message: string;
}
