/** Communities, compiled: what the names in BGPAdvertisements stand for. */
import type { Problem } from "../core/problem.ts";
import { type Alias, type Community, readCommunity } from "./community.ts";
import type { Community as Value } from "./communityvalue.ts";
import { reportInto } from "./problems.ts";
import { bySeniority } from "./seniority.ts";
import { quote } from "./values.ts";

export interface CompiledCommunities {
  readonly aliases: ReadonlyMap<string, Value>;
  readonly problems: readonly Problem[];
}

/** Compiles all Communities. An alias that is defined twice means what the older object says. */
export function compileCommunities(objects: readonly Community[]): CompiledCommunities {
  const problems: Problem[] = [];
  const owners = new Map<string, { readonly object: Community; readonly alias: Alias }>();
  for (const object of [...objects].sort(bySeniority)) {
    const reading = readCommunity(object);
    problems.push(...reading.problems);
    for (const alias of reading.aliases) {
      const owner = owners.get(alias.name);
      if (owner === undefined) {
        owners.set(alias.name, { object, alias });
        continue;
      }
      reportInto(problems, "Community", object)(
        "error",
        `${alias.field}.name`,
        `duplicate definition of community ${quote(alias.name)}: Community ${quote(owner.object.name)} ` +
          `(${owner.alias.field}) came first, so ${quote(owner.alias.value.text)} counts; remove one of them`,
      );
    }
  }
  const aliases = new Map([...owners].map(([name, { alias }]) => [name, alias.value]));
  return { aliases, problems };
}
