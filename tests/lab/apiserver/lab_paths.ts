/** Faults over HTTP, for the server as a process of its own: `POST /pewter-lab/faults`. */
import { type Answer, type HttpRequest, json } from "./answers.ts";
import type { User } from "./authn.ts";
import { readBody } from "./body.ts";
import type { EndFault, Faults, Match, Refusal } from "./faults.ts";
import { isObject, type JsonObject, objectOr, textOr } from "./json.ts";
import { badRequest, forbidden } from "./status.ts";

/** `down` over HTTP must say for how long, since nobody could ask for `up`. */
const LONGEST_DOWN_MS = 600_000;

function milliseconds(order: JsonObject, field: string): number {
  const value = order[field];
  if (typeof value === "number" && value >= 0 && value <= LONGEST_DOWN_MS) return value;
  throw badRequest(`${field} must be a number of milliseconds, 0 to ${LONGEST_DOWN_MS}`);
}

/**
 * One order: `{"fault": "cut" | "stall" | "refuse" | "slow" | "expireHistory" | "bookmarks" | "down" | "clear", "match": {…}}`
 * with `code`, `times` and `retryAfterSeconds` for refuse, `delayMs` for slow, and `forMs` for down; `forMs` ends stall,
 * slow and refuse too.
 */
function obey(faults: Faults, order: JsonObject): JsonObject {
  const match = objectOr(order["match"]) as Match;
  const lasting = (end: EndFault): JsonObject => {
    if (order["forMs"] !== undefined) setTimeout(end, milliseconds(order, "forMs"));
    return { done: true };
  };
  switch (textOr(order["fault"])) {
    case "cut":
      return { done: true, cut: faults.cut(match) };
    case "stall":
      return lasting(faults.stall(match));
    case "refuse": {
      const { code, times, retryAfterSeconds } = order;
      return lasting(faults.refuse({ ...match, code, times, retryAfterSeconds } as Refusal));
    }
    case "slow":
      return lasting(faults.slow(milliseconds(order, "delayMs"), match));
    case "expireHistory":
      faults.expireHistory();
      return { done: true };
    case "bookmarks":
      faults.sendBookmarks();
      return { done: true };
    case "down": {
      const forMs = milliseconds(order, "forMs");
      // After this answer is on its way.
      setTimeout(() => faults.down().then(() => setTimeout(() => faults.up(), forMs)), 10);
      return { done: true };
    }
    case "clear":
      faults.clear();
      return { done: true };
    default:
      throw badRequest(
        "fault must be one of cut, stall, refuse, slow, expireHistory, bookmarks, down, clear",
      );
  }
}

/** The handler of the lab's own paths; only for system:masters. */
export function labPaths(
  faults: Faults,
): (request: HttpRequest, path: string, user: User) => Promise<Answer | undefined> {
  return async (request, path, user) => {
    if (path !== "/pewter-lab/faults" || request.method !== "POST") return undefined;
    if (!user.groups.includes("system:masters")) {
      throw forbidden({ group: "", plural: "faults", kind: "" }, "", "only system:masters may order faults");
    }
    const order = await readBody(request);
    if (!isObject(order)) throw badRequest("the order must be a JSON object");
    return json(obey(faults, order));
  };
}
