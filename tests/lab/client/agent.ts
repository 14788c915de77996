/** Runs in the client's namespace and does there what the driver asks, see protocol.ts. */
import { createSocket } from "node:dgram";
import { linesOf } from "../lines.ts";
import { arpRequest, canonicalIp, type NeighbourFrame, neighbourSolicitation, readFrame } from "./frames.ts";
import { PacketSocket } from "./packetsocket.ts";
import { HttpProbe } from "./probe.ts";
import { httpGet } from "./http.ts";
import type {
  AgentCall,
  AgentInput,
  AgentReply,
  AgentRequest,
  AgentResults,
  HttpAnswer,
  HttpRequest,
  NeighbourAnswer,
} from "./protocol.ts";

/** Frames kept of each interface; the oldest go first. */
const keptFrames = 20_000;

/** One leg of the client: its socket, and the frames about neighbours that it saw. */
class Leg {
  readonly mac: string;
  readonly #ipv4: string;
  readonly #ipv6: string;
  readonly #socket: PacketSocket;
  #frames: NeighbourFrame[] = [];

  constructor({ name, mac, ipv4, ipv6 }: AgentInput["interfaces"][number]) {
    this.mac = mac;
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
    this.#socket = new PacketSocket(name);
    void this.#socket.receive((bytes) => {
      const frame = readFrame(bytes, performance.now());
      if (frame === null) return;
      this.#frames.push(frame);
      if (this.#frames.length > keptFrames) this.#frames = this.#frames.slice(keptFrames / 2);
    });
  }

  framesAbout(ip: string, sinceMs: number): readonly NeighbourFrame[] {
    return this.#frames.filter((frame) => frame.atMs >= sinceMs && frame.ip === ip);
  }

  async ask(ip: string, waitMs: number): Promise<NeighbourAnswer> {
    const began = performance.now();
    const frame = ip.includes(":")
      ? neighbourSolicitation(this.mac, this.#ipv6, ip)
      : arpRequest(this.mac, this.#ipv4, ip);
    this.#socket.send(frame as Uint8Array<ArrayBuffer>);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const answers = this.framesAbout(ip, began).filter((answer) =>
      answer.mac !== null && answer.to === this.mac
    );
    const macs = [...new Set(answers.flatMap(({ mac }) => mac === null ? [] : [mac]))];
    return { macs, firstAfterMs: answers[0] === undefined ? null : answers[0].atMs - began };
  }
}

class Agent {
  readonly #legs: ReadonlyMap<string, Leg>;
  readonly #probes = new Map<string, HttpProbe>();

  constructor(input: AgentInput) {
    this.#legs = new Map(input.interfaces.map((each) => [each.name, new Leg(each)]));
  }

  async handle(request: AgentRequest): Promise<AgentResults[keyof AgentResults]> {
    switch (request.do) {
      case "http":
        return await httpGet(request.request);
      case "udp":
        return await udpAsk(request.request);
      case "neighbour":
        return await this.#leg(request.interface).ask(canonicalIp(request.ip), request.waitMs);
      case "frames":
        return this.#leg(request.interface).framesAbout(canonicalIp(request.ip), request.sinceMs);
      case "now":
        return performance.now();
      case "startProbe":
        this.#probes.set(request.id, new HttpProbe(request.request, request.everyMs));
        return null;
      case "stopProbe": {
        const probe = this.#probes.get(request.id);
        if (probe === undefined) throw new Error(`there is no probe ${request.id}`);
        this.#probes.delete(request.id);
        return await probe.stop();
      }
    }
  }

  #leg(name: string): Leg {
    const leg = this.#legs.get(name);
    if (leg === undefined) throw new Error(`the client has no interface ${name}`);
    return leg;
  }
}

async function udpAsk({ address, port, timeoutMs }: HttpRequest): Promise<HttpAnswer> {
  const began = performance.now();
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
  const timer = setTimeout(() => done(0, "", `no answer within ${timeoutMs} ms`), timeoutMs);
  const done = (status: number, body: string, error: string | null) =>
    resolve({ status, body, error, tookMs: performance.now() - began });
  socket.on("message", (data) => done(200, data.toString(), null));
  socket.on("error", (error) => done(0, "", error.message));
  socket.send("lab", port, address);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

async function main(): Promise<void> {
  const agent = new Agent(JSON.parse(Deno.args[0] ?? "") as AgentInput);
  const reply = (message: AgentReply) => console.log(JSON.stringify(message));
  reply({ id: 0, result: null });
  for await (const line of linesOf(Deno.stdin.readable)) {
    const { id, request } = JSON.parse(line) as AgentCall;
    agent.handle(request).then(
      (result) => reply({ id, result }),
      (error) => reply({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  }
  Deno.exit(0);
}

if (import.meta.main) await main();
