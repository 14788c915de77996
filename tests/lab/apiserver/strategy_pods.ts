/** Pods, Deployments and DaemonSets: stored only, with the defaults that a real API server sets. */
import { arrayOr, at, type JsonObject, objectOr, textOr } from "./json.ts";
import { invalidValue, required } from "./status.ts";
import type { Strategy } from "./strategy.ts";

/** Images without a tag, or with `latest`, are pulled always. */
function pullPolicy(image: string): string {
  const name = image.split("/").at(-1) ?? "";
  if (image.includes("@")) return "IfNotPresent";
  const tag = name.split(":")[1];
  return tag === undefined || tag === "latest" ? "Always" : "IfNotPresent";
}

function defaultContainer(container: JsonObject): void {
  container["resources"] ??= {};
  container["imagePullPolicy"] ??= pullPolicy(textOr(container["image"]));
  container["terminationMessagePath"] ??= "/dev/termination-log";
  container["terminationMessagePolicy"] ??= "File";
  for (const port of arrayOr(container["ports"]).map(objectOr)) port["protocol"] ??= "TCP";
}

function defaultPodSpec(spec: JsonObject): void {
  spec["restartPolicy"] ??= "Always";
  spec["dnsPolicy"] ??= "ClusterFirst";
  spec["schedulerName"] ??= "default-scheduler";
  spec["terminationGracePeriodSeconds"] ??= 30;
  spec["securityContext"] ??= {};
  for (const container of arrayOr(spec["containers"]).map(objectOr)) defaultContainer(container);
  for (const container of arrayOr(spec["initContainers"]).map(objectOr)) defaultContainer(container);
}

function toleration(key: string): JsonObject {
  return { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 };
}

export const pod: Strategy = ({ next, old }) => {
  const spec = next.spec ??= {};
  defaultPodSpec(spec);
  spec["enableServiceLinks"] ??= true;
  spec["priority"] ??= 0;
  spec["preemptionPolicy"] ??= "PreemptLowerPriority";
  spec["tolerations"] ??= ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map(toleration);
  if (old === undefined) next.status = { phase: "Pending", qosClass: "BestEffort" };
  for (const condition of arrayOr(next.status?.["conditions"]).map(objectOr)) {
    condition["lastProbeTime"] ??= null;
    condition["lastTransitionTime"] ??= null;
  }
  return arrayOr(spec["containers"]).length === 0 ? [required("spec.containers")] : [];
};

function defaultDeployment(spec: JsonObject): void {
  spec["replicas"] ??= 1;
  spec["progressDeadlineSeconds"] ??= 600;
  spec["strategy"] ??= { type: "RollingUpdate" };
  const strategy = objectOr(spec["strategy"]);
  strategy["type"] ??= "RollingUpdate";
  if (strategy["type"] === "RollingUpdate") {
    strategy["rollingUpdate"] ??= { maxUnavailable: "25%", maxSurge: "25%" };
  }
}

const EMPTY_DAEMON_STATUS = {
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
};

export const workload: Strategy = ({ info, next, old }) => {
  const spec = next.spec ??= {};
  spec["revisionHistoryLimit"] ??= 10;
  if (info.kind === "Deployment") defaultDeployment(spec);
  else {spec["updateStrategy"] ??= {
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    };}
  const template = objectOr(at(spec, "template", "spec"));
  if (at(spec, "template", "spec") !== undefined) defaultPodSpec(template);
  if (old === undefined) next.status = info.kind === "Deployment" ? {} : { ...EMPTY_DAEMON_STATUS };
  if (spec["selector"] === undefined) return [required("spec.selector")];
  const wanted = objectOr(at(spec, "selector", "matchLabels"));
  const labels = objectOr(at(spec, "template", "metadata", "labels"));
  if (Object.entries(wanted).every(([key, value]) => labels[key] === value)) return [];
  return [
    invalidValue("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"),
  ];
};
