/**
 * What a Pod of the lab runs: an HTTP server on each TCP port, an echo on each UDP port. It answers with its own name,
 * its node's, and the address that it sees the client under. Argument: a JSON {@link PodServerInput}.
 */
import { createSocket } from "node:dgram";

export interface PodServerInput {
  readonly pod: string;
  readonly node: string;
  readonly ports: readonly { readonly port: number; readonly protocol: "TCP" | "UDP" }[];
}

function page(input: PodServerInput, client: string): string {
  return `pod: ${input.pod}\nnode: ${input.node}\nclient: ${client.replace(/^::ffff:/, "")}\n`;
}

function serve(input: PodServerInput): void {
  for (const { port, protocol } of input.ports) {
    if (protocol === "TCP") {
      Deno.serve(
        { hostname: "::", port, onListen: () => {} },
        (_request, { remoteAddr }) =>
          new Response(page(input, remoteAddr.hostname), { headers: { "content-type": "text/plain" } }),
      );
    } else {
      const socket = createSocket("udp6");
      socket.on("message", (_data, from) => socket.send(page(input, from.address), from.port, from.address));
      socket.bind(port, "::");
    }
  }
}

if (import.meta.main) serve(JSON.parse(Deno.args[0] ?? "") as PodServerInput);
