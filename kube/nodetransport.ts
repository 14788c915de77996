/**
 * Connections for the two liberties of a kubeconfig that `fetch` has no setting for: insecure-skip-tls-verify and
 * tls-server-name. Loaded only when one of them is used.
 */
import https from "node:https";
import type { IncomingMessage } from "node:http";
import type { TlsMaterial } from "./config.ts";
import type { Transport, TransportRequest } from "./transport.ts";

export function nodeTransport(baseUrl: string, tls: TlsMaterial): Transport {
  const agent = new https.Agent({
    keepAlive: true,
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: tls.insecureSkipVerify !== true,
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
    ...(tls.certPem === undefined ? {} : { cert: tls.certPem }),
    ...(tls.keyPem === undefined ? {} : { key: tls.keyPem }),
  });
  return {
    send: (request) => send(agent, baseUrl, request),
    renew: () => {},
    close: () => agent.destroy(),
  };
}

function send(agent: https.Agent, baseUrl: string, request: TransportRequest): Promise<Response> {
  const { method, headers, body, signal } = request;
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  signal.throwIfAborted();
  const outgoing = https.request(baseUrl + request.path, { method, headers: { ...headers }, agent });
  const abort = () => outgoing.destroy(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
  signal.addEventListener("abort", abort, { once: true });
  outgoing.on("response", (incoming) => resolve(responseOf(incoming, signal, abort)));
  outgoing.on("error", (error) => {
    signal.removeEventListener("abort", abort);
    reject(signal.aborted ? signal.reason : error);
  });
  outgoing.end(body);
  return promise;
}

function responseOf(incoming: IncomingMessage, signal: AbortSignal, abort: () => void): Response {
  const status = incoming.statusCode ?? 500;
  const bodyless = status === 204 || status === 205 || status === 304;
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as [string, string]] : []
  );
  if (bodyless) incoming.resume();
  return new Response(bodyless ? null : streamOf(incoming, signal, abort), { status, headers });
}

/** A body that ends with an error when the connection is cut or the signal aborted, and never just stops. */
function streamOf(
  incoming: IncomingMessage,
  signal: AbortSignal,
  abort: () => void,
): ReadableStream<Uint8Array> {
  let over = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const end = (how: () => void) => {
        if (over) return;
        over = true;
        signal.removeEventListener("abort", abort);
        how();
      };
      signal.addEventListener("abort", () => end(() => controller.error(signal.reason)), { once: true });
      incoming.on("data", (chunk: Uint8Array) => {
        if (over) return;
        controller.enqueue(new Uint8Array(chunk));
        if ((controller.desiredSize ?? 1) <= 0) incoming.pause();
      });
      incoming.on(
        "end",
        () =>
          end(() => incoming.complete ? controller.close() : controller.error(new Error("connection cut"))),
      );
      incoming.on("error", (error) => end(() => controller.error(error)));
      incoming.on("close", () => end(() => controller.error(new Error("connection closed"))));
    },
    pull: () => void incoming.resume(),
    cancel() {
      over = true;
      signal.removeEventListener("abort", abort);
      incoming.destroy();
    },
  });
}
