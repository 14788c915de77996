/** HTTP/1.1 connections to the API server. */
import type { ApiServerConfig, TlsMaterial } from "./config.ts";

export interface TransportRequest {
  readonly method: string;
  /** With the query, as in `/api/v1/services?limit=500`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Sends requests; rejects only when there is no answer. */
export interface Transport {
  send(request: TransportRequest): Promise<Response>;
  /** The kept connections may be dead: the next request opens a new one. */
  renew(): void;
  close(): void;
}

/** Opens no connection yet. */
export function openTransport(config: ApiServerConfig): Transport {
  return new RenewedTransport(config);
}

/**
 * HTTP/1.1 on purpose: Deno multiplexes HTTP/2 over one connection, and after that one is black-holed each new request
 * goes onto it and hangs.
 */
class RenewedTransport implements Transport {
  readonly #config: ApiServerConfig;
  #current: Promise<Transport> | undefined;

  constructor(config: ApiServerConfig) {
    this.#config = config;
  }

  async send(request: TransportRequest): Promise<Response> {
    const current = this.#current ??= connections(this.#config);
    try {
      return await (await current).send(request);
    } catch (error) {
      // Nothing may keep a set of connections that could not even be made (a file that was missing, say).
      if (await failed(current) && this.#current === current) this.#current = undefined;
      throw error;
    }
  }

  renew(): void {
    const old = this.#current;
    this.#current = undefined;
    old?.then((transport) => transport.close(), () => {});
  }

  close(): void {
    this.renew();
  }
}

function failed(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(() => false, () => true);
}

/** Less than the 90 s after which kube-apiserver closes idle connections, so that no write meets one that is closing. */
const idleMs = 30_000;

async function connections(config: ApiServerConfig): Promise<Transport> {
  const tls = await config.tls();
  const special = tls.insecureSkipVerify || tls.serverName !== undefined;
  if (special && config.url.startsWith("https:")) {
    const { nodeTransport } = await import("./nodetransport.ts");
    return nodeTransport(config.url, tls);
  }
  return fetchTransport(config, tls);
}

function fetchTransport(config: ApiServerConfig, tls: TlsMaterial): Transport {
  const shared = {
    http1: true,
    http2: false,
    poolIdleTimeout: idleMs,
    ...(tls.caPem === undefined ? {} : { caCerts: [tls.caPem] }),
    ...(config.proxyUrl === undefined ? {} : { proxy: proxyOf(config.proxyUrl) }),
  };
  const client = Deno.createHttpClient(
    tls.certPem === undefined || tls.keyPem === undefined
      ? shared
      : { ...shared, cert: tls.certPem, key: tls.keyPem },
  );
  return {
    send: ({ path, body, ...request }) =>
      fetch(config.url + path, { ...request, body: body ?? null, client, redirect: "error" }),
    renew: () => {},
    close: () => client.close(),
  };
}

function proxyOf(proxyUrl: string): Deno.Proxy {
  const url = new URL(proxyUrl);
  const { username, password } = url;
  url.username = url.password = "";
  const account = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return username === "" ? { url: url.href } : { url: url.href, basicAuth: account };
}
