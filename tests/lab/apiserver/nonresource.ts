/** Paths that are no resources: version, health, discovery, OpenAPI. */
import {
  aggregatedDiscovery,
  aggregatedVersion,
  apiGroup,
  coreVersions,
  groupList,
  resourceList,
} from "./discovery.ts";
import { type Answer, json } from "./answers.ts";
import type { SchemaLoader } from "./builtin_schemas.ts";
import { VERSION } from "./lab_version.ts";
import { openApi } from "./openapi.ts";
import type { Registry } from "./registry.ts";
import type { RequestInfo } from "./request.ts";
import { NoSuchPathError } from "./status.ts";

const HEALTH = new Set(["/healthz", "/livez", "/readyz"]);

function discovery(registry: Registry, request: RequestInfo, accept: string | null): Answer | undefined {
  const parts = request.path.split("/").slice(1);
  const aggregated = aggregatedVersion(accept);
  if (parts.length === 1) {
    const core = parts[0] === "api";
    if (aggregated === undefined) return json(core ? coreVersions() : groupList(registry));
    const type = `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`;
    return json(aggregatedDiscovery(registry, core, aggregated), 200, {
      "Content-Type": type,
      Vary: "Accept",
    });
  }
  const [root, first = "", second = ""] = parts;
  const found = root === "api"
    ? resourceList(registry, "", first)
    : second === ""
    ? apiGroup(registry, first)
    : resourceList(registry, first, second);
  return found === undefined ? undefined : json(found);
}

/** Answers a path that is no resource. @throws ApiError 404 */
export async function answerPath(
  registry: Registry,
  loader: SchemaLoader,
  request: RequestInfo,
  accept: string | null,
): Promise<Answer> {
  const { path } = request;
  if (path === "/version") return json(VERSION);
  if (HEALTH.has(path) || path.startsWith("/readyz/") || path.startsWith("/livez/")) {
    return { code: 200, headers: { "Content-Type": "text/plain" }, body: "ok" };
  }
  if (path === "/openapi/v2" || path === "/openapi/v3" || path.startsWith("/openapi/v3/")) {
    return await openApi(registry, loader, path, accept);
  }
  if (/^\/apis?(\/|$)/.test(path)) {
    const found = discovery(registry, request, accept);
    if (found !== undefined) return found;
  }
  if (path === "/") {
    return json({
      paths: ["/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"],
    });
  }
  throw new NoSuchPathError();
}
