/** Request bodies: JSON, or YAML where kubectl sends it. */
import { parse as parseYaml } from "yaml";
import type { HttpRequest } from "./answers.ts";
import { decodeProtobuf, ProtobufError } from "./protobuf.ts";
import { ApiError, badRequest } from "./status.ts";

const YAML = new Set(["application/yaml", "application/apply-patch+yaml", "application/x-yaml"]);

/** The media type without parameters; JSON when nothing is said. */
export function mediaType(request: HttpRequest): string {
  return (request.header("Content-Type") ?? "application/json").split(";")[0]?.trim() ?? "";
}

/** Reads a body; undefined when it is empty. @throws ApiError 400, 415 */
export async function readBody(request: HttpRequest): Promise<unknown> {
  const type = mediaType(request);
  if (type === "application/vnd.kubernetes.protobuf") return await readProtobuf(request);
  const text = new TextDecoder().decode(await request.bytes());
  if (text.trim() === "") return undefined;
  try {
    // What claims to be YAML is mostly JSON, which parses much faster.
    if (!YAML.has(type) || text.startsWith("{")) return JSON.parse(text) as unknown;
    return parseYaml(text) as unknown;
  } catch (error) {
    throw badRequest(
      `couldn't read the request's body: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function readProtobuf(request: HttpRequest): Promise<unknown> {
  const bytes = await request.bytes();
  if (bytes.length === 0) return undefined;
  try {
    return decodeProtobuf(bytes);
  } catch (error) {
    if (error instanceof ProtobufError) throw new ApiError(415, "UnsupportedMediaType", error.message, {});
    throw error;
  }
}
