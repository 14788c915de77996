/**
 * An HTTPS server for what others ask of this process: Prometheus for metrics, the API server for admission. HTTP/1.1
 * only, bounded in all that a stranger can use up, and with certificates that can be exchanged while it runs.
 *
 * It stands on `node:https` because the TLS of `Deno.serve` sends an answer's head and body apart, which costs 44 ms for
 * each answer of 500 B to 20 kB (Nagle's algorithm against delayed acknowledgements), and keeps its first certificate.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { ServerCertificate } from "./servercertificate.ts";

/** The oldest TLS version that is spoken. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

export interface SecureRequest {
  /** In capitals. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** A header's value, by its name in lower case. */
  header(name: string): string | undefined;
  /**
   * The whole body.
   *
   * @throws {BodyError} when it is longer than the server takes, or was cut
   */
  text(): Promise<string>;
}

export interface SecureAnswer {
  readonly status: number;
  readonly body: string;
  /** `content-type` is `text/plain` in UTF-8 when not given. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SecureHttpOptions {
  /** The address to listen on; "0.0.0.0" or "::" for all. */
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Must fit together, see {@link checkCertificate}: otherwise each handshake fails, and nothing says why. */
  readonly certificate: ServerCertificate;
  /** TLS 1.3 when not given. */
  readonly minVersion?: TlsVersion;
  /** The longest body that is read, in bytes; 0 when not given. */
  readonly maxBodyBytes?: number;
  /** What it throws becomes an answer 500 that says nothing of it; see {@link SecureHttpOptions.failed}. */
  readonly handle: (request: SecureRequest) => SecureAnswer | Promise<SecureAnswer>;
  /** Hears what `handle` threw. */
  readonly failed?: (error: unknown) => void;
}

/** Where it listens, and what can be done with it. */
export interface SecureServer {
  readonly hostname: string;
  readonly port: number;
  /** Connections made from now on get this certificate, which must fit together too. */
  use(certificate: ServerCertificate): void;
  /** Answers nothing new, cuts what is open after a moment, and resolves. */
  stop(): Promise<void>;
}

/** A request's body that can't be had. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  constructor(readonly status: 400 | 413, message: string) {
    super(message);
  }
}

const limits = {
  handshakeMs: 5_000,
  headMs: 10_000,
  /** A whole request. The API server waits 10 s for a webhook, Prometheus sends no body. */
  requestMs: 15_000,
  /** Longer than Prometheus' usual interval would keep connections of dead scrapers; shorter costs a handshake each time. */
  idleMs: 75_000,
  /** How often those limits are looked at. */
  checkMs: 2_000,
  connections: 128,
  /** How long open answers may take to leave at the end. */
  lingerMs: 500,
} as const;

/**
 * Listens, and resolves when it does.
 *
 * @throws {Error} when the address can't be had; its message names address and port
 */
export async function serveSecurely(options: SecureHttpOptions): Promise<SecureServer> {
  const { createServer } = await import("node:https");
  const server = createServer({
    ...contextOf(options, options.certificate),
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: limits.handshakeMs,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.checkMs,
  }, (incoming, outgoing) => void answer(options, incoming, outgoing));
  bound(server);
  const { address, port } = await listen(server, options);
  return {
    hostname: address,
    port,
    use: (fresh) => server.setSecureContext(contextOf(options, fresh)),
    stop: () => close(server),
  };
}

/** Refuses connections that are too many, and says nothing about strangers who knock, scan and hang up. */
function bound(server: Server): void {
  const open = new Set<Duplex>();
  server.on("connection", (socket) => {
    if (open.size >= limits.connections) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.on("clientError", (_error, socket) => socket.destroy());
}

async function listen(server: Server, { hostname, port }: SecureHttpOptions): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", (error) => {
    const message = `HTTPS can't be served on ${hostname} port ${port}: ${error.message}`;
    reject(new Error(message, { cause: error }));
  });
  server.listen(port, hostname, () => resolve());
  await promise;
  // It is null for servers that don't listen, and text for pipes.
  return server.address() as AddressInfo;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), limits.lingerMs);
  await promise;
  clearTimeout(late);
}

function contextOf({ minVersion = "TLSv1.3" }: SecureHttpOptions, { certPem, keyPem }: ServerCertificate) {
  return { cert: certPem, key: keyPem, minVersion };
}

async function answer(
  options: SecureHttpOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { status, body, headers } = await answerTo(options, incoming);
  const bytes = new TextEncoder().encode(body);
  // What is left of a body that nobody read would be taken for the next request.
  const unread = incoming.complete ? {} : { connection: "close" };
  outgoing.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": bytes.length,
    "x-content-type-options": "nosniff",
    ...headers,
    ...unread,
  });
  outgoing.end(bytes);
}

async function answerTo(options: SecureHttpOptions, incoming: IncomingMessage): Promise<SecureAnswer> {
  try {
    return await options.handle({
      method: incoming.method ?? "",
      path: (incoming.url ?? "").split("?", 1)[0] ?? "",
      header: (name) => {
        const value = incoming.headers[name];
        return Array.isArray(value) ? value.join(", ") : value;
      },
      text: () => bodyOf(incoming, options.maxBodyBytes ?? 0),
    });
  } catch (error) {
    if (error instanceof BodyError) return { status: error.status, body: `${error.message}\n` };
    options.failed?.(error);
    return { status: 500, body: "internal error\n" };
  }
}

async function bodyOf(incoming: IncomingMessage, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  const tooLong = () => new BodyError(413, `the body is longer than ${limit} bytes`);
  if (Number(incoming.headers["content-length"] ?? 0) > limit) throw tooLong();
  try {
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > limit) throw tooLong();
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (error instanceof BodyError) throw error;
    throw new BodyError(400, "the body was cut");
  }
  return text + decoder.decode();
}
