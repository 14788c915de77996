/** A small HTTP server for the kubelet's probes, and for what else a process shows over HTTP. */

export interface HealthOptions {
  /** The address to listen on; "0.0.0.0" or "::" for all. */
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Undefined when ready, else the sentence that says what is missing. */
  readonly notReady: () => string | undefined;
  /** Undefined when well, else the sentence that says why a restart is called for. */
  readonly unhealthy?: () => string | undefined;
  /** More paths, as in `/metrics`. */
  readonly routes?: Readonly<Record<string, (request: Request) => Response | Promise<Response>>>;
}

/** Where it listens. */
export interface HealthServer {
  readonly hostname: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Answers GET and HEAD of /healthz, /readyz and the given routes: 200 `ok`, or 503 and the sentence.
 *
 * @throws {Error} when the address can't be had; its message names address and port
 */
export function serveHealth(options: HealthOptions): HealthServer {
  const { hostname, port } = options;
  try {
    const server = Deno.serve({ hostname, port, onListen: () => {} }, (request) => answer(options, request));
    return { hostname: server.addr.hostname, port: server.addr.port, stop: () => server.shutdown() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`health checks can't be served on ${hostname} port ${port}: ${why}`, { cause: error });
  }
}

function answer(options: HealthOptions, request: Request): Response | Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return plain(405, "only GET and HEAD are answered", { allow: "GET, HEAD" });
  }
  if (pathname === "/healthz") return verdict(options.unhealthy?.());
  if (pathname === "/readyz") return verdict(options.notReady());
  const route = Object.hasOwn(options.routes ?? {}, pathname) ? options.routes?.[pathname] : undefined;
  return route === undefined ? plain(404, `there is nothing at ${pathname}`) : route(request);
}

function verdict(problem: string | undefined): Response {
  return problem === undefined ? plain(200, "ok") : plain(503, problem);
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
