/** What BFD sessions are configured with. */
import { assertEquals } from "@std/assert";
import { compileBFDProfiles } from "../../../crds/bfdprofiles.ts";
import { bfdProfileObject, brief } from "../../support/bgpobjects.ts";

const defaults = {
  receiveIntervalMs: 300,
  transmitIntervalMs: 300,
  detectMultiplier: 3,
  echoIntervalMs: 50,
  echoMode: false,
  passiveMode: false,
  minimumTtl: 254,
};

Deno.test("what isn't given, or wrong, is as FRR has it", () => {
  const { profiles, problems } = compileBFDProfiles([
    bfdProfileObject("empty"),
    bfdProfileObject("bad", { receiveInterval: 5, detectMultiplier: "4", echoMode: "on", minimumTtl: 10 }),
    bfdProfileObject("text", "fast"),
  ]);
  assertEquals(Object.fromEntries(profiles), {
    empty: defaults,
    bad: { ...defaults, minimumTtl: 10 },
    text: defaults,
  });
  assertEquals(brief(problems).sort(), [
    "error BFDProfile/bad spec.detectMultiplier",
    "error BFDProfile/bad spec.echoMode",
    "error BFDProfile/bad spec.receiveInterval",
    "error BFDProfile/text spec",
  ]);
});

Deno.test("what is given counts", () => {
  const { profiles, problems } = compileBFDProfiles([bfdProfileObject("all", {
    receiveInterval: 10,
    transmitInterval: 60000,
    detectMultiplier: 255,
    echoInterval: 100,
    echoMode: true,
    passiveMode: true,
    minimumTtl: 1,
  })]);
  assertEquals(problems, []);
  assertEquals(profiles.get("all"), {
    receiveIntervalMs: 10,
    transmitIntervalMs: 60000,
    detectMultiplier: 255,
    echoIntervalMs: 100,
    echoMode: true,
    passiveMode: true,
    minimumTtl: 1,
  });
});
