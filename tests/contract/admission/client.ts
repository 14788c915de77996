/** Asks webhooks over HTTPS, as the API server does: by name, trusting one authority only. */
import https from "node:https";

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** SHA-256 of the server's certificate. */
  readonly fingerprint: string;
  /** The client's port, by which connections can be told apart. */
  readonly localPort: number;
}

export interface Ask {
  readonly path: string;
  readonly method?: string;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
  /** Says that the body is this long, and doesn't send it. */
  readonly announcedBytes?: number;
}

export class WebhookClient implements Disposable {
  readonly #agent: https.Agent;

  /** `serverName` is what the certificate must be for. */
  constructor(private readonly port: number, caPem: string, serverName: string) {
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: 64, ca: caPem, servername: serverName });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async ask({ path, method = "POST", body, announcedBytes }: Ask): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const options = {
      ...{ host: "127.0.0.1", port: this.port, path, method, agent: this.#agent },
      headers: {
        "content-type": "application/json",
        ...(announcedBytes === undefined ? {} : { "content-length": announcedBytes }),
      },
    };
    const request = https.request(options, (response) => {
      const { socket } = request;
      const [fingerprint, localPort] = [fingerprintOf(socket), socket?.localPort ?? 0];
      let received = "";
      response.setEncoding("utf8");
      response.on("data", (part) => received += part);
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          ...{ status: response.statusCode ?? 0, body: received, headers: response.headers },
          ...{ fingerprint, localPort },
        }));
    });
    request.on("error", reject);
    if (announcedBytes === undefined) request.end(text);
    else request.flushHeaders();
    return await promise;
  }
}

function fingerprintOf(socket: unknown): string {
  const { getPeerCertificate } = socket as { getPeerCertificate?: () => { readonly fingerprint256: string } };
  return getPeerCertificate?.call(socket).fingerprint256 ?? "";
}
