import { assertEquals } from "@std/assert";
import { arpRequest, canonicalIp, neighbourSolicitation, readFrame } from "../../lab/client/frames.ts";

const client = "02:00:00:00:00:64";

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(" ", "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

Deno.test("the client's ARP request is RFC 826's, padded to 60 bytes", () => {
  const wanted =
    "ffffffffffff 020000000064 0806 0001 0800 06 04 0001 020000000064 0a4d0064 000000000000 0a4d00c8" +
    "00".repeat(18);
  assertEquals(arpRequest(client, "10.77.0.100", "10.77.0.200"), bytes(wanted));
});

Deno.test("an ARP reply tells whose address is where", () => {
  const reply =
    "020000000064 02000000000c 0806 0001 0800 06 04 0002 02000000000c 0a4d00c8 020000000064 0a4d0064" +
    "00".repeat(18);
  assertEquals(readFrame(bytes(reply), 5), {
    atMs: 5,
    kind: "arp reply",
    from: "02:00:00:00:00:0c",
    to: client,
    ip: "10.77.0.200",
    mac: "02:00:00:00:00:0c",
    senderIp: "10.77.0.200",
  });
});

Deno.test("a neighbour solicitation goes to the solicited-node group, with a checksum that sums to zero", () => {
  const frame = neighbourSolicitation(client, "fd77::100", "fd77::200");
  assertEquals([...frame.subarray(0, 6)], [0x33, 0x33, 0xff, 0, 0x02, 0]);
  assertEquals(frame[21], 255);
  const read = readFrame(frame, 0);
  assertEquals(read?.kind, "solicitation");
  assertEquals(read?.ip, "fd77::200");
  assertEquals(read?.senderIp, "fd77::100");
  // RFC 4443 section 2.3: over the pseudo-header and the message, the ones' complement sum is all ones.
  const summed = [...frame.subarray(22, 54), 0, 0, 0, frame.length - 54, 0, 0, 0, 58, ...frame.subarray(54)];
  let sum = 0;
  for (let at = 0; at < summed.length; at += 2) sum += ((summed[at] ?? 0) << 8) + (summed[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  assertEquals(sum, 0xffff);
});

Deno.test("what is neither ARP nor neighbour discovery is no neighbour frame", () => {
  assertEquals(readFrame(new Uint8Array(20), 0), null);
  assertEquals(readFrame(new Uint8Array(60), 0), null);
});

Deno.test("addresses are compared in canonical text", () => {
  assertEquals(canonicalIp("fc00:f853:0ccd:e799::"), "fc00:f853:ccd:e799::");
  assertEquals(canonicalIp("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  assertEquals(canonicalIp("::"), "::");
  assertEquals(canonicalIp("10.77.0.1"), "10.77.0.1");
});
