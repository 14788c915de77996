/** Asks an HTTPS endpoint as Prometheus does with insecure_skip_verify, and reads what it says. */
import https from "node:https";
import type { TLSSocket } from "node:tls";

export interface Scrape {
  readonly status: number;
  readonly body: string;
  readonly httpVersion: string;
  readonly contentType: string;
  /** Of the server's certificate, SHA-256. */
  readonly fingerprint: string;
}

export interface ScrapeOptions {
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  readonly token?: string;
  readonly body?: string;
  /** The newest TLS version that the client speaks. */
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
  /** Keeps its connections; otherwise each request has one of its own. */
  readonly agent?: https.Agent;
}

/** One request. Rejects when there is no answer. */
export function scrape(options: ScrapeOptions): Promise<Scrape> {
  const { port, path = "/metrics", method = "GET", token, body, maxVersion = "TLSv1.3", agent = false } =
    options;
  const { promise, resolve, reject } = Promise.withResolvers<Scrape>();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const request = https.request(
    { host: "127.0.0.1", port, path, method, headers, agent, rejectUnauthorized: false, maxVersion },
    (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
      const decoder = new TextDecoder();
      let text = "";
      response.on("data", (chunk: Uint8Array) => text += decoder.decode(chunk, { stream: true }));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text,
          httpVersion: response.httpVersion,
          contentType: response.headers["content-type"] ?? "",
          fingerprint: fingerprint256,
        }));
    },
  );
  request.on("error", reject);
  request.end(body);
  return promise;
}

/** A port of the loopback that was free a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
