/** The speaker's ConfigurationState: what it makes of the configuration on this node. */
import { configurationStateIdentity } from "../../crds/configurationstate.ts";
import { fieldManagers, type Findings, lackingOfConfigurationState } from "../../crds/configurationreport.ts";
import type { OwnerReference } from "../../kube/api.ts";
import { KeptObject } from "../../kube/keptobject.ts";
import { ownPod, type OwnPodOptions } from "../../kube/ownpod.ts";
import { configurationStates } from "../../kube/resources.ts";
import { kubeTime } from "../../kube/times.ts";

export interface StateKeeperOptions extends OwnPodOptions {
  readonly nodeName: string;
  /** null: not everything has been read yet, and nothing is said. */
  readonly findings: () => Findings | null;
}

export interface StateKeeper {
  /** What is wrong with the configuration may be something else now. */
  readonly look: () => void;
  /** Keeps it until the signal is aborted, then resolves. */
  run(signal: AbortSignal): Promise<void>;
}

export function stateKeeper(options: StateKeeperOptions): StateKeeper {
  const { clock, nodeName, findings } = options;
  const component = { type: "speaker", node: nodeName } as const;
  let owner: OwnerReference | null = null;
  const kept = new KeptObject({
    ...options,
    resource: configurationStates,
    name: configurationStateIdentity(component).name,
    fieldManager: fieldManagers.speaker,
    lacking: (found) => {
      const said = findings();
      if (said === null) return [];
      const now = kubeTime(clock.wallMs());
      return lackingOfConfigurationState({ component, owner, findings: said, found, now });
    },
  });
  return {
    look: kept.look,
    run: async (signal) => {
      owner = await ownPod(options, signal);
      if (!signal.aborted) await kept.run(signal);
    },
  };
}
