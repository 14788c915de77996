/** One HTTP request over a connection of its own. node:http, since fetch refuses some ports, such as 53. */
import { get } from "node:http";
import type { HttpAnswer, HttpRequest } from "./protocol.ts";

/** Never rejects: what went wrong is in `error`. */
export async function httpGet({ address, port, timeoutMs }: HttpRequest): Promise<HttpAnswer> {
  const began = performance.now();
  const { promise, resolve } = Promise.withResolvers<Omit<HttpAnswer, "tookMs">>();
  const failed = (error: string) => resolve({ status: 0, body: "", error });
  const request = get(
    { hostname: address, port, agent: false, headers: { connection: "close" } },
    (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => body += chunk);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body, error: null }));
      response.on("error", (error) => failed(error.message));
    },
  );
  request.on("error", (error) => failed(error.message));
  const timer = setTimeout(() => failed(`no answer within ${timeoutMs} ms`), timeoutMs);
  const answer = await promise;
  clearTimeout(timer);
  request.destroy();
  return { ...answer, tookMs: performance.now() - began };
}
