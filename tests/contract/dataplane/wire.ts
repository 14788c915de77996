/**
 * The other ends of a node's links, in a process of its own: `{link, frame}` in hex on stdin puts a frame on a wire, an
 * empty frame only begins to listen; what is seen comes out on stdout.
 */
import { Reactor } from "../../../speaker/io/reactor.ts";
import { interfaceIndex } from "../../../ffi/interface.ts";
import { Libc } from "../../../ffi/libc.ts";
import { PacketSocket } from "../../../ffi/packet.ts";

const everyProtocol = 3;
const acceptAll = [{ code: 0x06, jumpTrue: 0, jumpFalse: 0, operand: 0xffff }];

const libc = new Libc();
const reactor = new Reactor(libc);
const sockets = new Map<string, PacketSocket>();
const buffer = new Uint8Array(new ArrayBuffer(2048));

function open(link: string): PacketSocket {
  const socket = new PacketSocket(libc, interfaceIndex(libc, link), everyProtocol, acceptAll);
  sockets.set(link, socket);
  reactor.watch(socket.fd, () => {
    for (let length = socket.receive(buffer); length >= 0; length = socket.receive(buffer)) {
      console.log(JSON.stringify({ link, frame: buffer.subarray(0, length).toHex() }));
    }
  });
  return socket;
}

const running = reactor.run();
let rest = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const { link, frame } = JSON.parse(line) as { link: string; frame: string };
    const socket = sockets.get(link) ?? open(link);
    const bytes = Uint8Array.fromHex(frame);
    if (bytes.length > 0) socket.send(bytes, bytes.length);
    else console.log(JSON.stringify({ link, frame: "" }));
  }
}
reactor.stop();
await running;
