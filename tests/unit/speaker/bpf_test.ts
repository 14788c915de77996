import { assertEquals } from "@std/assert";
import { arpRequestFilter, neighborSolicitationFilter } from "../../../speaker/l2/bpf.ts";
import {
  advertisementHex,
  arpReplyHex,
  arpRequestHex,
  probeHex,
  solicitationHex,
} from "../../golden/speaker/frames.ts";
import { runBpf } from "../../support/bpf.ts";
import { fromHex, withBytes } from "../../support/hex.ts";

const otherHost = 3;
const broadcast = 1;

Deno.test("the ARP filter passes requests only", () => {
  const request = fromHex(arpRequestHex);
  assertEquals(runBpf(arpRequestFilter, request), 0xffff);
  assertEquals(runBpf(arpRequestFilter, request, broadcast), 0xffff);
  assertEquals(runBpf(arpRequestFilter, fromHex(arpReplyHex)), 0);
  assertEquals(runBpf(arpRequestFilter, request.slice(0, 21)), 0);
});

Deno.test("the NDP filter passes Neighbor Solicitations only", () => {
  const solicitation = fromHex(solicitationHex);
  assertEquals(runBpf(neighborSolicitationFilter, solicitation), 0xffff);
  assertEquals(runBpf(neighborSolicitationFilter, fromHex(probeHex)), 0xffff);
  assertEquals(runBpf(neighborSolicitationFilter, fromHex(advertisementHex)), 0);
  assertEquals(runBpf(neighborSolicitationFilter, withBytes(solicitationHex, 20, "11")), 0);
  assertEquals(runBpf(neighborSolicitationFilter, solicitation.slice(0, 54)), 0);
});

Deno.test("both drop what is for another station or another VLAN", () => {
  assertEquals(runBpf(arpRequestFilter, fromHex(arpRequestHex), otherHost), 0);
  assertEquals(runBpf(neighborSolicitationFilter, fromHex(solicitationHex), otherHost), 0);
});
