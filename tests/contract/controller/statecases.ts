/** What people see of the configuration's health, on whatever API server. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { trimIPAddressPool } from "../../../crds/ipaddresspool.ts";
import type { KubeObject } from "../../../kube/api.ts";
import {
  bfdProfiles,
  bgpAdvertisements,
  bgpPeers,
  communities,
  configurationStates,
  ipAddressPools,
  l2Advertisements,
  pods,
} from "../../../kube/resources.ts";
import { until } from "../../lab/wait.ts";
import { type Bed, installation, patienceMs, type StateObject } from "./bed.ts";

export interface StateCase {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly run: (bed: Bed) => Promise<void>;
}

const oneCondition = (state: StateObject | undefined) => {
  const [condition, ...others] = state?.status?.conditions ?? [];
  assert(condition !== undefined && others.length === 0, JSON.stringify(state?.status));
  return condition;
};

/** Waits for another write of the controller's object than this one. */
async function rewritten(bed: Bed, before: StateObject): Promise<StateObject> {
  return await until("another write", patienceMs, async () => {
    const now = await bed.state();
    return now?.metadata.resourceVersion === before.metadata.resourceVersion ? undefined : now;
  }, 20);
}

export const stateCases: readonly StateCase[] = [
  {
    name:
      "a sound configuration is Valid, in the object with MetalLB's name, labels, condition and field owner",
    addresses: ["10.0.0.0/24"],
    run: async (bed) => {
      bed.replica();
      const state = await bed.states("Valid");
      assertEquals(state.metadata.labels, { "metallb.io/component-type": "controller" });
      assertEquals(state.metadata.ownerReferences, undefined);
      assertEquals(state.status?.errorSummary, "");
      const { lastTransitionTime, ...condition } = oneCondition(state);
      assertMatch(lastTransitionTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assertEquals(condition, {
        type: "poolReconcilerValid",
        status: "True",
        reason: "Reconciled",
        message: "",
      });
      const managed = state.metadata as unknown as {
        managedFields: { manager: string; operation: string; subresource?: string }[];
      };
      assertEquals(
        managed.managedFields.map(({ manager, operation, subresource = "" }) =>
          `${manager} ${operation} ${subresource}`.trim()
        ).sort(),
        ["poolReconciler Apply", "poolReconciler Apply status"],
      );
      // Nothing changes, so nothing is written, also by the next process.
      await bed.service("web");
      await bed.settled({ web: ["10.0.0.0"] });
      const next = bed.replica("two");
      await bed.api.delete(ipAddressPools, installation, "public");
      await bed.create(ipAddressPools, "public", { addresses: ["10.0.0.0/24"] });
      await bed.settled({ web: ["10.0.0.0"] });
      assertEquals(await bed.state(), state);
      assertEquals(next.said("elected"), 0);
    },
  },
  {
    name: "what is wrong is told in errorSummary, as an Event on the object itself, and for every kind",
    addresses: ["10.0.0.0/24"],
    run: async (bed) => {
      const replica = bed.replica();
      const valid = await bed.states("Valid");
      // Of pools that were made in one second the name decides.
      await bed.create(ipAddressPools, "z-double", { addresses: ["10.0.0.128/25"] });
      await bed.create(bfdProfiles, "echo", { echoMode: true });
      await bed.create(bgpPeers, "router", {
        myASN: 1,
        peerASN: 2,
        peerAddress: "192.0.2.1",
        bfdProfile: "gone",
      });
      await bed.create(bgpPeers, "first", { myASN: 1, peerASN: 2, peerAddress: "192.0.2.2" });
      await bed.create(bgpPeers, "second", { myASN: 1, peerASN: 3, peerAddress: "192.0.2.2" });
      await bed.create(bgpAdvertisements, "alias", { communities: ["nobody"] });
      await bed.create(communities, "one", { communities: [{ name: "twice", value: "1:1" }] });
      await bed.create(communities, "two", { communities: [{ name: "twice", value: "1:2" }] });
      await bed.create(l2Advertisements, "typo", { ipAddressPools: ["publik"] });
      await bed.service("web");
      const state = await bed.states(
        "Invalid",
        "IPAddressPool z-double, spec.addresses[0]: ",
        "overlaps with already defined CIDR",
        "BGPPeer router, spec.bfdProfile: ",
        "BGPPeer second, spec.peerAddress: ",
        "BGPAdvertisement alias, spec.communities[0]: ",
        "Community two, spec.communities[0].name: duplicate definition of community",
      );
      const condition = oneCondition(state);
      assertEquals([condition.status, condition.reason], ["False", "ConfigurationError"]);
      assertEquals(condition.message, state.status?.errorSummary);
      assert(condition.message.startsWith("configuration error: "), condition.message);
      assert(!condition.message.includes("typo"), condition.message);
      const lines = condition.message.slice("configuration error: ".length).split("\n");
      assertEquals(lines, [...lines].sort());
      assert(condition.lastTransitionTime >= oneCondition(valid).lastTransitionTime);
      // One bad object freezes nothing.
      await bed.settled({ web: ["10.0.0.0"] });
      const inError = ["z-double", "router", "second", "alias", "two"];
      await until("the Events", patienceMs, async () => {
        const events = await bed.events();
        const missing = inError.filter((name) =>
          !events.some((event) => event.startsWith(`${name} ConfigurationError x`))
        );
        assertEquals(missing, []);
        // What works, and is probably not meant, makes nothing invalid.
        assert(events.some((event) => event.startsWith("typo ConfigurationWarning x")), events.join());
        return true;
      });
      await bed.api.delete(ipAddressPools, installation, "z-double");
      for (const name of ["router", "second"]) await bed.api.delete(bgpPeers, installation, name);
      await bed.api.delete(bgpAdvertisements, installation, "alias");
      await bed.api.delete(communities, installation, "two");
      const again = await bed.states("Valid");
      assertEquals(again.status?.errorSummary, "");
      assert(replica.said("problemSolved") >= inError.length);
    },
  },
  {
    name: "an edited ConfigurationState is put right, a deleted one is made again",
    addresses: ["10.0.0.0/24"],
    run: async (bed) => {
      bed.replica();
      const valid = await bed.states("Valid");
      const wrong = { status: { result: "Invalid", errorSummary: "says who?" } };
      await bed.patch(configurationStates, "controller", wrong, "status");
      const right = await bed.states("Valid");
      assertEquals([right.status, right.metadata.uid], [valid.status, valid.metadata.uid]);
      await bed.patch(configurationStates, "controller", { metadata: { labels: null } });
      const labelled = await rewritten(bed, await bed.state() ?? right);
      assertEquals(labelled.metadata.labels, valid.metadata.labels);
      await bed.api.delete(configurationStates, installation, "controller");
      const made = await bed.states("Valid");
      assert(made.metadata.uid !== valid.metadata.uid);
      assertEquals(made.metadata.labels, valid.metadata.labels);
    },
  },
  {
    name: "the ConfigurationState belongs to the Pod that writes it, one after another",
    addresses: ["10.0.0.0/24"],
    run: async (bed) => {
      const uids: Record<string, string | undefined> = {};
      for (const name of ["old", "new"]) {
        const container = { name: "controller", image: "pewter/controller" };
        const pod = { metadata: { namespace: installation, name }, spec: { containers: [container] } };
        uids[name] = (await bed.api.create<KubeObject>(pods, pod)).metadata.uid;
      }
      const old = bed.replica("old", 15_000, "old");
      const ownersOf = async () => (await bed.states("Valid")).metadata.ownerReferences;
      const owner = (name: string) => ({ apiVersion: "v1", kind: "Pod", name, uid: uids[name] ?? "" });
      assertEquals(await ownersOf(), [owner("old")]);
      await bed.stop(old);
      bed.replica("new", 15_000, "new");
      await until("the new Pod owns it", patienceMs, async () => {
        assertEquals(await ownersOf(), [owner("new")]);
        return true;
      });
    },
  },
  {
    name: "a pool's counters that somebody edits are put right, also those of a pool that has no effect",
    addresses: ["10.0.0.0/24"],
    run: async (bed) => {
      bed.replica();
      await bed.service("web");
      await bed.settled({ web: ["10.0.0.0"] });
      const counters = async () => {
        const { items } = await bed.api.list(ipAddressPools, trimIPAddressPool, { namespace: installation });
        return items.find(({ name }) => name === "public")?.status;
      };
      const right = { assignedIPv4: 1n, assignedIPv6: 0n, availableIPv4: 255n, availableIPv6: 0n };
      const isRight = () =>
        until("the counters", patienceMs, async () => {
          assertEquals(await counters(), right);
          return true;
        }, 20);
      await isRight();
      for (const status of [{ assignedIPv4: 7 }, { availableIPv4: 0, availableIPv6: 99 }]) {
        await bed.patch(ipAddressPools, "public", { status }, "status");
        await isRight();
      }
    },
  },
];
