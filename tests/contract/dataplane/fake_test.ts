/** The fake data plane, held to the contract. */
import type { Fact } from "../../../speaker/dataplane.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { FakeDataplane } from "../../support/fakedataplane.ts";
import type { Harness } from "./harness.ts";
import { dataplaneContract } from "./suite.ts";

/** Bounds of virtual time; conditions are looked at once in each step. */
const [boundMs, stepMs] = [15_000, 50];

function open(): Promise<Harness> {
  const clock = new FakeClock();
  const dataplane = new FakeDataplane(clock);
  const { network } = dataplane;
  network.setLink({ name: "lo", loopback: true, broadcast: false, mac: "" });
  const facts: Fact[] = [];
  dataplane.onFact((fact) => facts.push(fact));
  const seen = new Map<string, Uint8Array[]>();
  const linkLocal = ["fe80::1/64"];
  const look = (name: string) => {
    const frames = seen.get(name) ?? [];
    seen.set(name, frames);
    frames.push(...network.takeSent(name));
    return frames;
  };
  return Promise.resolve({
    dataplane,
    facts,
    addLink: (name, mac) => Promise.resolve(network.setLink({ name, mac, addresses: linkLocal })),
    removeLink: (name) => Promise.resolve(network.removeLink(name)),
    setUp: (name, up) => {
      const running = { up, running: up, addresses: up ? linkLocal : [] };
      return Promise.resolve(network.setLink({ name, ...running }));
    },
    put: (name, frame) => network.deliver(name, frame),
    seen: look,
    groups: (name) => Promise.resolve(network.groups(name)),
    until: async (what, condition) => {
      for (let ms = 0; ms <= boundMs; ms += stepMs) {
        await settle();
        if (await condition()) return;
        await clock.advance(stepMs);
      }
      throw new Error(`not seen within ${boundMs} virtual ms: ${what}`);
    },
    close: () => Promise.resolve(),
  });
}

dataplaneContract("fake", open, null);
