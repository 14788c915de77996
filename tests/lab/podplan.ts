/** What the kubelet would make of Pewter's Pod templates. */
import type { Manifest } from "./api.ts";
import { type Host, mainInterface } from "./topology.ts";

interface Container {
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
  }[];
}

/** A Deployment or DaemonSet, as far as the lab reads it. */
export interface Workload extends Manifest {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: { readonly serviceAccountName: string; readonly containers: readonly Container[] };
    };
  };
}

/** One Pod of Pewter: what it comes from, and where it runs. */
export interface PodPlan {
  readonly component: "controller" | "speaker";
  readonly workload: Workload;
  readonly host: Host;
  readonly podName: string;
}

/** The environment as the kubelet makes it; references to Secrets and ConfigMaps are left out. */
export function environment({ workload, host, podName }: PodPlan): Record<string, string> {
  const { ipv4 } = mainInterface(host);
  const fields: Readonly<Record<string, string>> = {
    "metadata.name": podName,
    "metadata.namespace": workload.metadata.namespace ?? "default",
    "spec.nodeName": host.name,
    "spec.serviceAccountName": workload.spec.template.spec.serviceAccountName,
    "status.podIP": ipv4,
    "status.hostIP": ipv4,
  };
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of workload.spec.template.spec.containers[0]?.env ?? []) {
    const resolved = value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ""];
    if (resolved !== undefined) env[name] = expand(resolved, env);
  }
  return env;
}

/** `$(NAME)` as in Kubernetes; an unknown name stays as it is. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);
}
