/** What an API server fills in when a Service is created, as far as decisions about addresses read it. */
import type { Manifest } from "./manifest.ts";

/** The part of a Service's spec that tells its address families; the types were checked when it was read. */
interface FamilyFields {
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
}

/** One of each family, in the place of those that nobody has given yet. They are never shown. */
const placeholders: Readonly<Record<string, string>> = { IPv4: "10.96.0.1", IPv6: "fd00:10:96::1" };

const dualStackPolicies = ["PreferDualStack", "RequireDualStack"];

/**
 * The Service with the cluster IPs that it would be given: of its ipFamilies, else IPv4. A policy that wants both families
 * gets both, since a cluster that has but one would refuse it, or be shown with cluster IPs.
 */
export function withServiceDefaults(service: Manifest): Manifest {
  const spec = familiesOf(service);
  const { ipFamilyPolicy = defaultPolicy(spec) } = spec;
  const given = { ...spec, ipFamilyPolicy };
  if (hasClusterIPs(spec)) return withSpec(service, given);
  const families = defaultFamilies(spec.ipFamilies ?? [], ipFamilyPolicy);
  const clusterIPs = families.flatMap((family) => placeholders[family] ?? []);
  return withSpec(service, { ...given, ipFamilies: families, clusterIPs });
}

/**
 * A Service that is changed: what the cluster gave it and the new manifest doesn't mention stays, unless the change is one
 * of its families.
 */
export function withServiceFamilies(before: Manifest, after: Manifest): Manifest {
  const [old, now] = [familiesOf(before), familiesOf(after)];
  if (hasClusterIPs(now)) return after;
  const policyStays = now.ipFamilyPolicy === undefined || now.ipFamilyPolicy === old.ipFamilyPolicy;
  const familiesStay = now.ipFamilies === undefined ||
    JSON.stringify(now.ipFamilies) === JSON.stringify(old.ipFamilies);
  if (policyStays && familiesStay) return withSpec(after, { ...old, ...now });
  // The first family of a Service never changes.
  const ipFamilies = now.ipFamilies ?? old.ipFamilies?.slice(0, 1);
  return ipFamilies === undefined ? after : withSpec(after, { ...now, ipFamilies });
}

function familiesOf({ spec }: Manifest): FamilyFields {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = (spec ?? {}) as FamilyFields;
  return defined({ clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy });
}

/** "None" is an answer too: such a Service gets none. */
function hasClusterIPs({ clusterIP = "", clusterIPs = [] }: FamilyFields): boolean {
  return clusterIP !== "" || clusterIPs.some((ip) => ip !== "");
}

function defaultPolicy({ clusterIPs = [], ipFamilies = [] }: FamilyFields): string {
  return clusterIPs.length === 2 || ipFamilies.length === 2 ? "RequireDualStack" : "SingleStack";
}

function defaultFamilies(asked: readonly string[], policy: string): readonly string[] {
  const families = asked.length === 0 ? ["IPv4"] : asked;
  if (families.length > 1 || !dualStackPolicies.includes(policy)) return families;
  return families[0] === "IPv6" ? ["IPv6", "IPv4"] : ["IPv4", "IPv6"];
}

function withSpec(service: Manifest, fields: FamilyFields): Manifest {
  return { ...service, spec: { ...service["spec"] as object, ...fields } };
}

function defined(
  fields: { readonly [Key in keyof FamilyFields]: FamilyFields[Key] | undefined },
): FamilyFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
