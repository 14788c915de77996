/** The command lines of plan and explain. */
import { assert, assertEquals } from "@std/assert";
import {
  explainHelp,
  parseExplainArguments,
  parsePlanArguments,
  planFlags,
  planHelp,
} from "../../../core/plan/options.ts";

Deno.test("plan: flags, once and several times, as Go and as people write them", () => {
  const line = parsePlanArguments([
    ...["-f", "a", "--f=b", "-f", "-", "--live", "--without", "Node/x", "-without=Service/shop/web"],
    ...["--assume-endpoints=true", "-namespace", "lb", "--lb-class=c", "--ignore-exclude-lb", "-o=json"],
    ...["--kubeconfig=k", "--context", "lab"],
  ]);
  assert(line.kind === "run");
  const { without, ...rest } = line.asked;
  assertEquals(rest, {
    files: ["a", "b", "-"],
    live: true,
    assumeEndpoints: true,
    namespace: "lb",
    lbClass: "c",
    ignoreExcludeLb: true,
    output: "json",
    kubeconfig: "k",
    context: "lab",
  });
  assertEquals(without.map(({ kind, namespace, name }) => [kind.kind, namespace, name]), [
    ["Node", null, "x"],
    ["Service", "shop", "web"],
  ]);
});

/** A command line, and a part of what is said of it. */
const wrong: readonly (readonly [readonly string[], string])[] = [
  [[], "nothing to plan: give -f PATH or --live"],
  [["--live=false"], "nothing to plan"],
  [["manifests/"], 'unexpected argument "manifests/"; files are given with -f'],
  [["-f", "a", "b"], 'unexpected argument "b"'],
  [["-f"], "-f needs a value"],
  [["-f", "a", "-o", "xml"], '-o="xml": wants one of text, json, yaml'],
  [["-f", "a", "--colour"], "unknown flag --colour"],
  [["-f", "a", "--without", "Pod/a"], '--without="Pod/a": wants KIND/NAME or KIND/NAMESPACE/NAME'],
  [["-f", "a", "--live=perhaps"], "wants true or false"],
  [["-f", "a", "--namespace="], "--namespace needs a value"],
];

Deno.test("plan: what can't be read", async (test) => {
  for (const [args, message] of wrong) {
    await test.step(args.join(" "), () => {
      const line = parsePlanArguments(args);
      assert(line.kind === "error" && line.message.includes(message), JSON.stringify(line));
    });
  }
});

Deno.test("explain: a Service by its name, of files or else of the cluster", () => {
  const asked = (...args: readonly string[]) => {
    const line = parseExplainArguments(args);
    return line.kind === "run"
      ? [line.asked.namespace, line.asked.name, line.asked.options.live]
      : line.kind === "error"
      ? line.message
      : line.kind;
  };
  assertEquals(asked("service", "web"), ["default", "web", true]);
  assertEquals(asked("-f", "a", "Service", "shop/web"), ["shop", "web", false]);
  assertEquals(asked("svc", "web", "-f", "a", "--live"), ["default", "web", true]);
  assertEquals(asked(), "it is: pewter explain service [NAMESPACE/]NAME");
  assertEquals(asked("pool", "web"), "it is: pewter explain service [NAMESPACE/]NAME");
  assertEquals(asked("service", "a", "b"), "it is: pewter explain service [NAMESPACE/]NAME");
  assertEquals(asked("service"), '"" is not a Service: [NAMESPACE/]NAME');
  assertEquals(asked("service", "a/b/c"), '"a/b/c" is not a Service: [NAMESPACE/]NAME');
  assertEquals(asked("service", "--help"), "help");
});

Deno.test("plan: the help names every flag, and the exit codes", () => {
  for (const help of [planHelp(), explainHelp()]) {
    for (const { flag, help: what } of Object.values(planFlags)) {
      assert(help.includes(`\n  ${flag.length === 1 ? "-" : "--"}${flag}`), flag);
      assert(help.includes(what), flag);
    }
    for (const code of [0, 1, 2, 3]) assert(help.includes(`\n  ${code}  `), `exit code ${code}`);
  }
});
