/** Reads what a scenario file holds; refuses what it doesn't know, naming the place. */
import type { PodSpec } from "../cluster.ts";
import {
  duration,
  type Fields,
  list,
  mapping,
  oneOf,
  only,
  ScenarioError,
  text,
  textAt,
  texts,
} from "./fields.ts";
import { readExpectation } from "./readexpectation.ts";
import type { Action, Scenario, Step } from "./scenario.ts";

/** `value` is the file's YAML as plain data; `id` names it in messages and results. */
export function readScenario(value: unknown, id: string): Scenario {
  const fields = only(mapping(value, id), ["name", "why", "only", "arguments", "pods", "steps"], id);
  const pods = fields["pods"] === undefined
    ? []
    : [{ title: null, action: { pods: readPods(fields["pods"], id) } }];
  const steps = readSteps(fields["steps"], `${id}: steps`);
  if (!steps.some(seesSomething)) throw new ScenarioError(`${id}: no step sees anything`);
  return {
    id,
    name: textAt(fields, "name", id),
    why: fields["why"] === undefined ? null : textAt(fields, "why", id),
    only: readOnly(fields["only"], id),
    arguments: readArguments(fields["arguments"], `${id}: arguments`),
    steps: [...pods, ...steps],
  };
}

function seesSomething({ action }: Step): boolean {
  return "see" in action || "throughout" in action;
}

function readOnly(value: unknown, id: string): Scenario["only"] {
  if (value === undefined) return null;
  const fields = only(mapping(value, id), ["controlPlane", "because"], `${id}: only`);
  const controlPlane = oneOf(
    fields["controlPlane"],
    ["real", "embedded"] as const,
    `${id}: only.controlPlane`,
  );
  return { controlPlane, because: textAt(fields, "because", id) };
}

function readArguments(value: unknown, place: string): Scenario["arguments"] {
  if (value === undefined) return { controller: [], speaker: [] };
  const fields = only(mapping(value, place), ["controller", "speaker"], place);
  return {
    controller: texts(fields["controller"] ?? [], `${place}.controller`),
    speaker: texts(fields["speaker"] ?? [], `${place}.speaker`),
  };
}

function readSteps(value: unknown, place: string): readonly Step[] {
  return list(value, place).map((item, index) => readStep(item, `${place}[${index}]`));
}

type Reader = (value: unknown, place: string, fields: Fields) => Action;

const actions: Readonly<Record<string, Reader>> = {
  apply: (value, place) => ({ apply: texts(value, place) }),
  refused: (value, place) => {
    const fields = only(mapping(value, place), ["apply", "says"], place);
    return { refused: { apply: textAt(fields, "apply", place), says: texts(fields["says"], place) } };
  },
  delete: (value, place) => ({ delete: texts(value, place) }),
  patch: (value, place) => {
    const fields = only(mapping(value, place), ["object", "with"], place);
    return { patch: { object: textAt(fields, "object", place), with: fields["with"] } };
  },
  pods: (value, place) => ({ pods: readPods(value, place) }),
  removePod: (value, place) => ({ removePod: text(value, place) }),
  podReady: (value, place) => {
    const fields = only(mapping(value, place), ["pod", "ready"], place);
    return { podReady: { pod: textAt(fields, "pod", place), ready: fields["ready"] === true } };
  },
  kill: (value, place) => ({ kill: text(value, place) }),
  stop: (value, place) => ({ stop: text(value, place) }),
  start: (value, place) => ({ start: text(value, place) }),
  restart: (value, place) => ({ restart: text(value, place) }),
  nodeFails: (value, place) => ({ nodeFails: text(value, place) }),
  nodeReturns: (value, place) => ({ nodeReturns: text(value, place) }),
  nodeCondition: (value, place) => {
    const { node, ...conditions } = mapping(value, place);
    return { nodeCondition: { node: text(node, place), conditions: conditions as Record<string, string> } };
  },
  apiServer: (value, place) => ({ apiServer: oneOf(value, ["down", "up"] as const, place) }),
  remember: (value, place) => ({ remember: text(value, place) }),
  see: (value, place, fields) => ({
    see: list(value, place).map((item, index) => readExpectation(item, `${place}[${index}]`)),
    withinMs: fields["within"] === undefined ? 10_000 : duration(fields["within"], `${place}: within`),
    forMs: fields["for"] === undefined ? 0 : duration(fields["for"], `${place}: for`),
  }),
  throughout: readThroughout,
};

function readStep(value: unknown, place: string): Step {
  const fields = mapping(value, place);
  const known = Object.keys(actions);
  only(fields, [...known, "title", "within", "for"], place);
  const named = known.filter((name) => name in fields);
  const [name] = named;
  const reader = actions[name ?? ""];
  if (name === undefined || reader === undefined || named.length > 1) {
    throw new ScenarioError(`${place}: exactly one of ${known.join(", ")} must be given`);
  }
  if (name !== "see" && ("within" in fields || "for" in fields)) {
    throw new ScenarioError(`${place}: within and for belong to see`);
  }
  const title = fields["title"] === undefined ? null : textAt(fields, "title", place);
  return { title, action: reader(fields[name], `${place}.${name}`, fields) };
}

function readThroughout(value: unknown, place: string): Action {
  const fields = only(
    mapping(value, place),
    ["http", "every", "timeout", "failed", "longestGap", "steps"],
    place,
  );
  const expectation = readExpectation({ http: fields["http"] }, place);
  if (!("http" in expectation)) throw new ScenarioError(`${place}: http must be given`);
  if (fields["failed"] === undefined && fields["longestGap"] === undefined) {
    throw new ScenarioError(`${place}: failed or longestGap must be given`);
  }
  return {
    throughout: {
      http: expectation.http,
      everyMs: duration(fields["every"] ?? "100ms", `${place}.every`),
      timeoutMs: duration(fields["timeout"] ?? "1s", `${place}.timeout`),
      ...(fields["failed"] === undefined ? {} : { failed: Number(fields["failed"]) }),
      ...(fields["longestGap"] === undefined
        ? {}
        : { longestGapMs: duration(fields["longestGap"], `${place}.longestGap`) }),
      steps: readSteps(fields["steps"], `${place}.steps`),
    },
  };
}

function readPods(value: unknown, place: string): readonly PodSpec[] {
  return list(value, `${place}: pods`).map((item, index) => {
    const at = `${place}: pods[${index}]`;
    const fields = only(mapping(item, at), ["name", "namespace", "node", "labels", "ports"], at);
    for (const name of ["name", "node"]) textAt(fields, name, at);
    return fields as unknown as PodSpec;
  });
}
