/** What a kind's strategy is. */
import type { ApiObject } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import type { ServerState } from "./state.ts";
import type { FieldProblem } from "./status.ts";

/** One write: the object as it shall be, and as it was. */
export interface Write {
  readonly state: ServerState;
  readonly info: KindInfo;
  readonly next: ApiObject;
  readonly old: Readonly<ApiObject> | undefined;
  /** "" or "status". */
  readonly subresource: string;
}

/** Sets in `next` what the server sets, and answers what is wrong with it. */
export type Strategy = (write: Write) => FieldProblem[];
