/** Community (metallb.io/v1beta1): names for BGP communities. */
import { type Meta, trimMeta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import { type Community as Value, communitySchema, parseCommunity } from "./communityvalue.ts";
import { FieldReader } from "./fieldreader.ts";
import type { Kind } from "./kind.ts";
import { reportInto } from "./problems.ts";
import type { RawObject } from "./rawobject.ts";
import { list, mapping, text, withRules } from "./schema.ts";
import { quote } from "./values.ts";

/** `spec`, as in a manifest. */
export interface CommunitySpec {
  readonly communities?: readonly CommunityAlias[];
}

export interface CommunityAlias {
  readonly name?: string;
  /** `64512:100` or `large:64512:1:2`. */
  readonly value: string;
}

export interface Community extends Meta {
  readonly generation: number;
  /** As it was written: one that no API server has checked may hold anything. {@link readCommunity} reads it. */
  readonly spec: CommunitySpec;
}

/** The spec, read: what works of it, and what doesn't. */
export interface CommunitySpecReading {
  /** In the order of spec.communities; no name stands twice. */
  readonly aliases: readonly Alias[];
  readonly problems: readonly Problem[];
}

/** A sound item of spec.communities. */
export interface Alias {
  readonly name: string;
  readonly value: Value;
  /** The path of the item, as in `spec.communities[0]`. */
  readonly field: string;
}

/** Bounds that the API server needs to estimate what the rules cost. */
const maxAliases = 256;
const maxNameLength = 253;

/** Keeps what decisions read. */
export function trimCommunity(raw: RawObject): Community {
  return {
    ...trimMeta(raw.metadata),
    generation: raw.metadata.generation ?? 0,
    // The type is what the API server guarantees; readCommunity trusts none of it.
    spec: (raw.spec ?? {}) as CommunitySpec,
  };
}

/** All that is wrong with the object by itself; the same rules as {@link readCommunity}, which applies them. */
export function communityProblems(object: Community): readonly Problem[] {
  return readCommunity(object).problems;
}

/** Reads the spec; what is wrong becomes a problem and only disables the alias that it is in. */
export function readCommunity(object: Community): CommunitySpecReading {
  const problems: Problem[] = [];
  const spec = FieldReader.of(object.spec, "spec", reportInto(problems, "Community", object));
  if (spec === null) return { aliases: [], problems };
  spec.expectOnly("communities");
  const seen = new Map<string, string>();
  const aliases = (spec.mappings("communities") ?? []).flatMap((item) => {
    const alias = readAlias(item);
    if (alias === null) return [];
    const earlier = seen.get(alias.name);
    if (earlier !== undefined) {
      item.error(
        "name",
        `duplicate definition of community ${
          quote(alias.name)
        }: ${earlier} has the name already, and counts; ` +
          `remove one of them`,
      );
      return [];
    }
    seen.set(alias.name, alias.field);
    return [alias];
  });
  return { aliases, problems };
}

function readAlias(item: FieldReader): Alias | null {
  item.expectOnly("name", "value");
  const name = item.text("name");
  const value = item.text("value");
  if (value === undefined) {
    item.error("value", 'value is required: a community such as "64512:100" or "large:64512:1:2"');
  }
  const reading = typeof value === "string" ? parseCommunity(value) : null;
  if (reading !== null && "message" in reading) {
    item.error("value", `${reading.message}; the alias has no effect until it is corrected`);
  }
  if (name === undefined) {
    item.warning("name", "an alias without a name has no effect: no advertisement can name it");
  } else if (name?.includes(":") === true) {
    item.warning(
      "name",
      `the alias ${quote(name)} has no effect: in an advertisement, text with a colon is a value`,
    );
  }
  if (typeof name !== "string" || name.includes(":") || reading === null || "message" in reading) return null;
  return { name, value: reading.community, field: item.path };
}

/** The kind, as it is registered with the API server. */
export const communityKind: Kind = {
  kind: "Community",
  plural: "communities",
  conversion: null,
  versions: [{
    name: "v1beta1",
    description: "Community gives names to BGP communities, by which BGPAdvertisements may refer to them.",
    storage: true,
    deprecationWarning: null,
    specRequired: false,
    spec: mapping("The names and what they stand for.", {
      communities: withRules(
        list(
          "The aliases. No name may stand twice, in this object or in several.",
          mapping("A name for a BGP community.", {
            name: text("The name by which BGPAdvertisements refer to the community.", {
              maxLength: maxNameLength,
            }),
            value: communitySchema(
              "value",
              "The community: two numbers of 16 bits as in 64512:100, or a large one as in large:64512:1:2.",
            ),
          }, { required: ["value"] }),
          { maxItems: maxAliases },
        ),
        {
          rule: "self.all(one, !has(one.name) || one.name == '' || " +
            "self.exists_one(other, has(other.name) && other.name == one.name))",
          message: "duplicate definition of community: each name in communities must stand there once",
        },
      ),
    }),
    status: mapping("Nothing yet.", {}),
    columns: [],
  }],
};
