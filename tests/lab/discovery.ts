/** Asks the API server how its kinds are called in paths. */
import { ApiError } from "./apierror.ts";

export interface KindPlace {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Remembers each group's kinds; a kind that isn't known is asked for again, since CRDs come late. */
export class Discovery {
  readonly #get: (path: string) => Promise<unknown>;
  readonly #known = new Map<string, Promise<ReadonlyMap<string, KindPlace>>>();

  constructor(get: (path: string) => Promise<unknown>) {
    this.#get = get;
  }

  /** Throws {@link ApiError} 404 when there is no such kind. */
  async find(apiVersion: string, kind: string): Promise<KindPlace> {
    const known = await this.#known.get(apiVersion);
    const found = known?.get(kind);
    if (found !== undefined) return found;
    const asked = this.#list(apiVersion);
    this.#known.set(apiVersion, asked);
    asked.catch(() => this.#known.delete(apiVersion));
    const place = (await asked).get(kind);
    if (place === undefined) {
      throw new ApiError(404, "NotFound", `the API server has no kind ${kind} in ${apiVersion}`);
    }
    return place;
  }

  async #list(apiVersion: string): Promise<ReadonlyMap<string, KindPlace>> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    interface ResourceList {
      readonly resources: readonly {
        readonly name: string;
        readonly kind: string;
        readonly namespaced: boolean;
      }[];
    }
    const list = await this.#get(root) as ResourceList;
    const own = list.resources.filter((resource) => !resource.name.includes("/"));
    return new Map(own.map(({ kind, name, namespaced }) => [kind, { plural: name, namespaced }]));
  }
}
