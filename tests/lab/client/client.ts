/** The driver's hand on the client's machine: starts the agent there and asks it. */
import { toolPath } from "../../setup.ts";
import { inNamespace } from "../command.ts";
import { linesOf } from "../lines.ts";
import type { Host } from "../topology.ts";
import type { NeighbourFrame } from "./frames.ts";
import type {
  AgentInput,
  AgentReply,
  AgentRequest,
  AgentResults,
  HttpAnswer,
  NeighbourAnswer,
  ProbeReport,
} from "./protocol.ts";

const agentScript = new URL("agent.ts", import.meta.url).pathname;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class LabClient {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  private constructor(host: Host) {
    const input: AgentInput = { interfaces: host.interfaces };
    const deno = [
      Deno.execPath(),
      "run",
      "-A",
      "--no-config",
      "--no-lock",
      agentScript,
      JSON.stringify(input),
    ];
    const [command = "", ...args] = inNamespace(host.name, deno);
    this.#child = new Deno.Command(command, {
      args,
      env: { PATH: toolPath() },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
  }

  /** Starts the agent and waits until it listens. */
  static async start(host: Host): Promise<LabClient> {
    const client = new LabClient(host);
    const ready = new Promise<unknown>((resolve, reject) => client.#waiting.set(0, { resolve, reject }));
    void client.#read();
    await ready;
    return client;
  }

  async #read(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) this.#settle(JSON.parse(line) as AgentReply);
    for (const { reject } of this.#waiting.values()) reject(new Error("the client's agent ended"));
  }

  #settle(reply: AgentReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new Error(`the client's agent: ${reply.error}`));
    else waiting?.resolve(reply.result);
  }

  async #ask<R extends AgentRequest>(request: R): Promise<AgentResults[R["do"]]> {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    await this.#writer.write(new TextEncoder().encode(JSON.stringify({ id, request }) + "\n"));
    return await answer as AgentResults[R["do"]];
  }

  /** A page from a VIP, over a connection of its own; never rejects because of the network. */
  http(address: string, port: number, timeoutMs = 1000): Promise<HttpAnswer> {
    return this.#ask({ do: "http", request: { address, port, timeoutMs } });
  }

  /** A datagram to a VIP and its answer. */
  udp(address: string, port: number, timeoutMs = 1000): Promise<HttpAnswer> {
    return this.#ask({ do: "udp", request: { address, port, timeoutMs } });
  }

  /** Who answers ARP or NDP for an address within `waitMs`; all that do. */
  neighbour(ip: string, onInterface = "eth0", waitMs = 250): Promise<NeighbourAnswer> {
    return this.#ask({ do: "neighbour", ip, interface: onInterface, waitMs });
  }

  /** The frames about an address since a time of {@link now}. */
  frames(ip: string, sinceMs: number, onInterface = "eth0"): Promise<readonly NeighbourFrame[]> {
    return this.#ask({ do: "frames", ip, interface: onInterface, sinceMs });
  }

  /** The agent's clock, in ms. */
  now(): Promise<number> {
    return this.#ask({ do: "now" });
  }

  async startProbe(
    id: string,
    address: string,
    port: number,
    everyMs: number,
    timeoutMs: number,
  ): Promise<void> {
    await this.#ask({ do: "startProbe", id, request: { address, port, timeoutMs }, everyMs });
  }

  stopProbe(id: string): Promise<ProbeReport> {
    return this.#ask({ do: "stopProbe", id });
  }
}
