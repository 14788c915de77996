/** Reads what a scenario file holds; refuses what it doesn't know, naming the place. */
import type { PodSpec } from "../cluster.ts";
import type { Action, Expectation, Scenario, Step } from "./scenario.ts";

/** The file is not a scenario. The message begins with file and place. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

type Fields = Readonly<Record<string, unknown>>;

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

/** The fields that each expectation knows. A text in the place of a mapping is the first of them. */
const expectations: Readonly<Record<string, readonly string[]>> = {
  service: ["of", "addresses", "within", "count", "pool"],
  event: ["on", "type", "reason", "says", "absent"],
  http: ["to", "port", "family", "pods", "allOf", "from", "client", "silent"],
  udp: ["to", "port", "family", "pods", "allOf", "from", "client", "silent"],
  announced: ["of", "by", "on", "family"],
  gratuitous: ["of", "by"],
  object: ["is", "has", "absent"],
  kubectl: ["run", "says"],
  command: ["run", "says"],
  log: ["of", "says"],
  unchanged: [],
};

/** Fields that are lists, where a single text may stand for a list of one. */
const listFields: readonly string[] = ["says", "pods", "allOf", "addresses", "within"];

function readExpectation(value: unknown, place: string): Expectation {
  const fields = only(mapping(value, place), Object.keys(expectations), place);
  const [name, second] = Object.keys(fields);
  if (name === undefined || second !== undefined) {
    throw new ScenarioError(`${place}: one expectation for each item`);
  }
  if (name === "unchanged") return { unchanged: text(fields[name], place) };
  const known = expectations[name] ?? [];
  const first = known[0] ?? "";
  const given = typeof fields[name] === "string" ? { [first]: fields[name] } : mapping(fields[name], place);
  const checked = only(given, known, `${place}.${name}`);
  if (checked[first] === undefined) throw new ScenarioError(`${place}.${name}: ${first} must be given`);
  const complete = Object.fromEntries(
    Object.entries(checked).map(([key, item]) =>
      listFields.includes(key) ? [key, texts(item, `${place}.${name}.${key}`)] : [key, item]
    ),
  );
  return { [name]: complete } as unknown as Expectation;
}

function readPods(value: unknown, place: string): readonly PodSpec[] {
  return list(value, `${place}: pods`).map((item, index) => {
    const at = `${place}: pods[${index}]`;
    const fields = only(mapping(item, at), ["name", "namespace", "node", "labels", "ports"], at);
    for (const name of ["name", "node"]) textAt(fields, name, at);
    return fields as unknown as PodSpec;
  });
}

/** `10s`, `500ms`, `1m`. */
export function duration(value: unknown, place: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text(value, place));
  if (match === null) throw new ScenarioError(`${place}: a duration such as 10s or 500ms is wanted`);
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as "ms" | "s" | "m"];
}

function mapping(value: unknown, place: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScenarioError(`${place}: a mapping is wanted`);
  }
  return value as Fields;
}

function only(fields: Fields, known: readonly string[], place: string): Fields {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ScenarioError(`${place}: ${unknown} is not known; ${known.join(", ")} are`);
  }
  return fields;
}

function list(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ScenarioError(`${place}: a list is wanted`);
  return value;
}

function text(value: unknown, place: string): string {
  if (typeof value !== "string") throw new ScenarioError(`${place}: a text is wanted`);
  return value;
}

function textAt(fields: Fields, name: string, place: string): string {
  return text(fields[name], `${place}: ${name}`);
}

function texts(value: unknown, place: string): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map((item) => text(item, place));
}

function oneOf<const T extends string>(value: unknown, choices: readonly T[], place: string): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new ScenarioError(`${place}: one of ${choices.join(", ")} is wanted`);
  return found;
}
