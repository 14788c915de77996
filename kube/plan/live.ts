/** The objects of a cluster that a plan starts from. */
import { configurationGroup } from "../../core/plan/kinds.ts";
import type { Manifest } from "../../core/plan/manifest.ts";
import { type KubeApi, KubeApiError, type KubeObject, type Resource } from "../api.ts";
import { apiVersionOf } from "../paths.ts";
import {
  bfdProfiles,
  bgpAdvertisements,
  bgpPeers,
  communities,
  endpointSlices,
  ipAddressPools,
  l2Advertisements,
  namespaces,
  nodes,
  secrets,
  services,
} from "../resources.ts";

export interface LiveObjects {
  readonly manifests: readonly Manifest[];
  /** false: they may not be read. */
  readonly secretsKnown: boolean;
  readonly notes: readonly string[];
}

/** Kinds that hold only statuses decide nothing, so they aren't asked for. */
const listed: readonly Resource[] = [
  ...[services, endpointSlices, nodes, namespaces],
  ...[ipAddressPools, l2Advertisements, bgpAdvertisements, bgpPeers, bfdProfiles, communities],
];

/**
 * Lists everything that decides, side by side.
 *
 * @throws {KubeApiError} for a kind that may not be listed, Secrets excepted
 * @throws {KubeUnreachableError} when there is no answer
 */
export async function listCluster(api: KubeApi, namespace: string): Promise<LiveObjects> {
  const notes: string[] = [];
  const [secretList, ...lists] = await Promise.all([
    listSecrets(api, namespace),
    ...listed.map((resource) => listKind(api, resource, namespace, notes)),
  ]);
  if (secretList === null) {
    notes.push(
      `Secrets of namespace "${namespace}" may not be listed, so the peers' passwordSecret is not checked`,
    );
  }
  return {
    manifests: [...lists.flat(), ...secretList ?? []],
    secretsKnown: secretList !== null,
    notes: notes.sort(),
  };
}

async function listKind(
  api: KubeApi,
  resource: Resource,
  namespace: string,
  notes: string[],
): Promise<readonly Manifest[]> {
  const isConfiguration = resource.group === configurationGroup;
  try {
    return await list(api, resource);
  } catch (error) {
    if (!isConfiguration || !(error instanceof KubeApiError)) throw error;
    if (error.status === 404) {
      notes.push(`the cluster doesn't know the kind ${resource.kind}; kubectl apply -f deploy/manifests/`);
      return [];
    }
    // Objects elsewhere have no effect: without the right to see them nothing is missed but a note.
    if (error.status === 403) return await list(api, resource, namespace);
    throw error;
  }
}

async function listSecrets(api: KubeApi, namespace: string): Promise<readonly Manifest[] | null> {
  try {
    return await list(api, secrets, namespace);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return null;
    throw error;
  }
}

async function list(api: KubeApi, resource: Resource, namespace?: string): Promise<readonly Manifest[]> {
  const apiVersion = apiVersionOf(resource);
  const manifest = ({ metadata, ...rest }: KubeObject): Manifest => ({
    ...rest,
    ...{ apiVersion, kind: resource.kind },
    metadata: essential(metadata),
  });
  const { items } = await api.list(resource, manifest, namespace === undefined ? {} : { namespace });
  return items;
}

/** Without managedFields, which are most of some objects. */
function essential(metadata: KubeObject["metadata"]): Manifest["metadata"] {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, labels, annotations } =
    metadata;
  const all = { name, namespace, uid, resourceVersion, generation, creationTimestamp, labels, annotations };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
