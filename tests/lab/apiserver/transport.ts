/**
 * HTTPS over HTTP/1.1. It stands on `node:https`, since `Deno.serve` over TLS leaves Nagle's algorithm on: each answer
 * of more than a few hundred bytes would take 44 ms.
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { Answer, HttpRequest } from "./answers.ts";

function requestOf(message: IncomingMessage): HttpRequest {
  let body: Promise<Buffer> | undefined;
  const read = () =>
    body ??= new Promise<Buffer>((resolve, reject) => {
      const parts: Buffer[] = [];
      message.on("data", (part: Buffer) => parts.push(part));
      message.on("end", () =>
        resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)));
      message.on("error", reject);
    });
  return {
    method: message.method ?? "GET",
    target: message.url ?? "/",
    header(name) {
      const value = message.headers[name.toLowerCase()];
      return value === undefined ? null : Array.isArray(value) ? value.join(",") : value;
    },
    bytes: read,
  };
}

function send(response: ServerResponse, answer: Answer): void {
  const { code, headers, body } = answer;
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    response.writeHead(code, { ...headers, "Content-Length": String(bytes.length) });
    response.end(bytes);
    return;
  }
  response.writeHead(code, { ...headers, "Transfer-Encoding": "chunked" });
  response.flushHeaders();
  response.on("close", () => body.closed());
  body.start({
    write: (text) => response.write(text),
    end: () => response.end(),
    cut: () => response.socket?.destroy(),
  });
}

/** A listener that can be taken down and put up again on the same port. */
export class Transport {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  #port: number;

  constructor(
    private readonly options: {
      readonly hostname: string;
      /** 0 takes a free one, and keeps it. */
      readonly port: number;
      readonly certPem: string;
      readonly keyPem: string;
      readonly handle: (request: HttpRequest) => Promise<Answer>;
    },
  ) {
    this.#port = options.port;
  }

  /** The port; known once it is up. */
  get port(): number {
    return this.#port;
  }

  /** Listens. Resolves when connections are accepted. @throws Error when the port is taken */
  up(): Promise<void> {
    if (this.#server !== undefined) return Promise.resolve();
    const { hostname, certPem, keyPem, handle } = this.options;
    const server = createServer({ cert: certPem, key: keyPem, keepAliveTimeout: 0 }, (message, response) => {
      response.on("error", () => response.socket?.destroy());
      handle(requestOf(message)).then((answer) => send(response, answer), () => response.socket?.destroy());
    });
    this.#server = server;
    server.on("secureConnection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    });
    server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, hostname, () => {
        const address = server.address();
        if (address !== null && typeof address === "object") this.#port = address.port;
        resolve();
      });
    });
  }

  /** Closes the listener and all connections. */
  async down(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    server.closeAllConnections();
    await closed;
  }
}
