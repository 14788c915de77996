/** The controller's ConfigurationState: what it makes of the configuration. */
import type { Component } from "../../crds/configurationstate.ts";
import { fieldManagers, lackingOfConfigurationState } from "../../crds/configurationreport.ts";
import type { OwnerReference } from "../../kube/api.ts";
import { KeptObject } from "../../kube/keptobject.ts";
import { configurationStates } from "../../kube/resources.ts";
import { kubeTime } from "../../kube/times.ts";
import type { Machine } from "../machine.ts";
import type { Parts } from "./act.ts";

const component: Component = { type: "controller" };

/** For so long after the first decision what can't be read yet is waited for; then it is said that it can't be. */
const patienceMs = 5_000;

export interface StateKeeper {
  /** What is wrong with the configuration may be something else now. */
  readonly look: () => void;
  /** Keeps it until the signal is aborted, then resolves. */
  run(signal: AbortSignal): Promise<void>;
}

export function stateKeeper(parts: Parts, machine: Machine): StateKeeper {
  const { namespace, clock, pod } = parts;
  let owner: OwnerReference | null = null;
  let isPatient = true;
  const kept = new KeptObject({
    ...parts,
    resource: configurationStates,
    name: component.type,
    fieldManager: fieldManagers.controller,
    lacking: (found) => {
      const { unread } = machine.world.configuration;
      if (!machine.world.complete || (isPatient && unread.length > 0)) return [];
      const findings = { problems: machine.problems, unread };
      return lackingOfConfigurationState({
        component,
        owner,
        findings,
        found,
        now: kubeTime(clock.wallMs()),
      });
    },
    namespace,
  });
  return {
    look: kept.look,
    run: async (signal) => {
      owner = await pod;
      if (signal.aborted) return;
      const patience = clock.timer(patienceMs, () => {
        isPatient = false;
        kept.look();
      });
      await kept.run(signal);
      patience.cancel();
    },
  };
}
