/** An AF_PACKET socket for all frames of one interface, through FFI; for the lab's client only. */

const libcPaths: Readonly<Record<string, string>> = {
  x86_64: "/lib/x86_64-linux-gnu/libc.so.6",
  aarch64: "/lib/aarch64-linux-gnu/libc.so.6",
};

const symbols = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recvWaiting: {
    name: "recv",
    parameters: ["i32", "buffer", "usize", "i32"],
    result: "isize",
    nonblocking: true,
  },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_ALL = 0x0003;
const MSG_DONTWAIT = 0x40;

function networkOrder(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8);
}

export class PacketSocket {
  readonly #libc: Deno.DynamicLibrary<typeof symbols>;
  readonly #fd: number;

  /** Throws where the interface isn't there or the process lacks CAP_NET_RAW. */
  constructor(interfaceName: string) {
    this.#libc = Deno.dlopen(libcPaths[Deno.build.arch] ?? "libc.so.6", symbols);
    const index = this.#libc.symbols.if_nametoindex(new TextEncoder().encode(`${interfaceName}\0`));
    if (index === 0) throw new Error(`there is no interface ${interfaceName}`);
    this.#fd = this.#libc.symbols.socket(AF_PACKET, SOCK_RAW, networkOrder(ETH_P_ALL));
    if (this.#fd < 0) throw new Error("socket(AF_PACKET) failed: CAP_NET_RAW is needed");
    const address = new DataView(new ArrayBuffer(20)); // struct sockaddr_ll
    address.setUint16(0, AF_PACKET, true);
    address.setUint16(2, ETH_P_ALL);
    address.setInt32(4, index, true);
    if (this.#libc.symbols.bind(this.#fd, new Uint8Array(address.buffer), 20) !== 0) {
      throw new Error(`binding to ${interfaceName} failed`);
    }
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    const sent = this.#libc.symbols.send(this.#fd, frame, BigInt(frame.length), 0);
    if (Number(sent) !== frame.length) throw new Error("sending a frame failed");
  }

  /** Calls `onFrame` for each frame in and out, for ever; the bytes are only valid during the call. */
  async receive(onFrame: (frame: Uint8Array) => void): Promise<never> {
    const buffer = new Uint8Array(2048);
    const { recv, recvWaiting } = this.#libc.symbols;
    for (;;) {
      let length = Number(await recvWaiting(this.#fd, buffer, 2048n, 0));
      while (length > 0) {
        onFrame(buffer.subarray(0, length));
        length = Number(recv(this.#fd, buffer, 2048n, MSG_DONTWAIT));
      }
    }
  }
}
