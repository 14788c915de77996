import { assertEquals } from "@std/assert";
import plugin from "../../lint/layers.ts";

/** What the rule of purity finds in a file with this source. */
function found(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source)
    .filter((one) => one.id === "pewter/world")
    .map((one) => one.message.replace(/ touches the world.*/, ""));
}

/** What may not stand in a pure file, and what the message names. */
const effects: readonly [source: string, names: string][] = [
  ['Deno.readTextFileSync("x");', "Deno"],
  ['Deno["readTextFileSync"]("x");', "Deno"],
  ["const d = Deno;", "Deno"],
  ["const { env } = Deno;", "Deno"],
  ['if (typeof Deno !== "undefined") f();', "Deno"],
  ["let conn: Deno.Conn;", "Deno"],
  ["type Env = typeof Deno.env;", "Deno"],
  ["f({ Deno });", "Deno"],
  ['fetch("http://x");', "fetch"],
  ["const get = fetch;", "fetch"],
  ["export default fetch;", "fetch"],
  ["f(fetch);", "fetch"],
  ["const port = { fetch };", "fetch"],
  ["const port = { get: fetch };", "fetch"],
  ["const port = { [fetch]: 1 };", "fetch"],
  ["function f(get = fetch) { return get; }", "fetch"],
  ["class A { get = fetch; }", "fetch"],
  ["setTimeout(f, 1);", "setTimeout"],
  ["setInterval(f, 1);", "setInterval"],
  ["setImmediate(f);", "setImmediate"],
  ["console.log(1);", "console"],
  ["performance.now();", "performance"],
  ['new Worker("x");', "Worker"],
  ["class A extends Worker {}", "Worker"],
  ['new WebSocket("x");', "WebSocket"],
  ["process.env;", "process"],
  ['require("fs");', "require"],
  ['eval("1");', "eval"],
  ["Math.random();", "Math.random"],
  ["Math?.random();", "Math.random"],
  ['Math["random"]();', "Math.random"],
  ["Math[`random`]();", "Math.random"],
  ["(Math as object).random();", "Math.random"],
  ["Math!.random();", "Math.random"],
  ["const r = Math.random;", "Math.random"],
  ["const { random } = Math;", "Math.random"],
  ["const { random: chance } = Math;", "Math.random"],
  ["let random; ({ random } = Math);", "Math.random"],
  ["const m = Math;", "Math under another name or with a computed member"],
  ["let m; m = Math;", "Math under another name or with a computed member"],
  ["Math[name]();", "Math under another name or with a computed member"],
  ["const { ...rest } = Math;", "Math"],
  ["Date.now();", "Date.now"],
  ["const now = Date.now;", "Date.now"],
  ["const { now } = Date;", "Date.now"],
  ["function f(now = Date.now()) { return now; }", "Date.now"],
  ["new Date();", "new Date() without arguments"],
  ["new Date;", "new Date() without arguments"],
  ["Date();", "Date()"],
  ["crypto.randomUUID();", "crypto.randomUUID"],
  ["crypto.getRandomValues(a);", "crypto.getRandomValues"],
  ["const { randomUUID } = crypto;", "crypto.randomUUID"],
  ["Temporal.Now.instant();", "Temporal.Now"],
  ["AbortSignal.timeout(1);", "AbortSignal.timeout"],
  ["globalThis.Deno;", "Deno"],
  ['globalThis["Deno"];', "Deno"],
  ['globalThis.fetch("x");', "fetch"],
  ["globalThis.globalThis.fetch;", "fetch"],
  ["globalThis.Math.random();", "Math.random"],
  ["globalThis.setTimeout(f);", "setTimeout"],
  ["new globalThis.Date();", "new Date() without arguments"],
  ["globalThis.Date.now();", "Date.now"],
  ["(globalThis as unknown as Record<string, () => void>).fetch();", "fetch"],
  ["const { fetch: get } = globalThis;", "fetch"],
  ["const { Deno: d } = globalThis;", "Deno"],
  ["const g = globalThis;", "globalThis"],
  ["f(globalThis);", "globalThis"],
  ["globalThis[name];", "globalThis"],
  ["self.fetch;", "fetch"],
  ["window.setTimeout(f);", "setTimeout"],
  ["function f() { const fetch = 1; return fetch; } fetch();", "fetch"],
  ["{ let fetch = 1; } fetch();", "fetch"],
  ["declare const Deno: { cwd(): string }; Deno.cwd();", "Deno"],
  ["interface fetch {} fetch();", "fetch"],
  ["const a = { fetch: 1 }; fetch(a);", "fetch"],
  ["export const f = () => setTimeout(g, 1);", "setTimeout"],
  ["class A { #x = setTimeout; }", "setTimeout"],
  ["class A { static { setTimeout(f); } }", "setTimeout"],
  ["enum E { A = Math.random() }", "Math.random"],
  ["`${Date.now()}`;", "Date.now"],
];

/** What looks like it, and is pure. */
const pure: readonly string[] = [
  "queueMicrotask(f);",
  "structuredClone(a);",
  "globalThis.structuredClone(a);",
  "new Date(0);",
  "new Date(ms).toISOString();",
  "Date.parse(text);",
  "Date.UTC(2026, 0);",
  "a instanceof Date;",
  "Math.max(1, 2);",
  "const { max, min } = Math;",
  "const n = Math.PI;",
  "crypto.subtle.digest('SHA-256', a);",
  "new AbortController();",
  "AbortSignal.any([a]);",
  "clock.setTimeout(f);",
  "port.fetch(x);",
  "port?.fetch(x);",
  "const port = { fetch: get, console: 1, Deno: 2 };",
  "const { fetch: get } = port;",
  "const { fetch } = port; fetch(x);",
  "const [fetch] = ports; fetch(x);",
  "const { a: { fetch = 1 } } = port; fetch(x);",
  "const { ...fetch } = port; fetch(x);",
  "function f(fetch: Get) { return fetch(1); }",
  "function f({ fetch }: Ports) { return fetch(1); }",
  "function f(...fetch: Get[]) { return fetch; }",
  "const f = (fetch: Get) => fetch(1);",
  "const f = (fetch: Get) => () => fetch(1);",
  "class A { constructor(private readonly fetch: Get) { fetch(1); } }",
  "class A { fetch() { return this.fetch(); } }",
  "class A { static performance = 1; }",
  "import { fetch } from './port.ts'; fetch(1);",
  "import { get as fetch } from './port.ts'; fetch(1);",
  "export function fetch() {} fetch();",
  "function process(x: number) { return x; } process(1);",
  "class Worker {} new Worker();",
  "const f = function fetch() { return fetch; };",
  "enum process { a } process.a;",
  "for (const process of all) process.run();",
  "for (let process = 0; process < 1; process++) f(process);",
  "try { f(); } catch (process) { f(process); }",
  "switch (a) { case 1: { const process = 1; f(process); } }",
  "process: for (;;) break process;",
  "interface Port { fetch(url: string): void; readonly console: string; [process: string]: unknown }",
  "type Port = { fetch: (fetch: string) => void; performance: number };",
  "type Get = typeof fetch;",
  "let worker: Worker;",
  "class A implements Worker {}",
  "enum E { fetch, console }",
  "export type { X as fetch } from './x.ts';",
  "const Math = { random: () => 4 }; Math.random();",
  "const text = 'Deno.env Math.random() Date.now()'; // setTimeout(f)",
  "label.performance.now();",
];

Deno.test("world: every way to touch it is found in a pure file, once, by its name", async (test) => {
  for (const [source, name] of effects) {
    await test.step(source, () => assertEquals(found("core/x.ts", source), [name]));
  }
});

Deno.test("world: what only looks like it is left alone", async (test) => {
  for (const source of pure) await test.step(source, () => assertEquals(found("core/x.ts", source), []));
});

Deno.test("world: pure and impure places", () => {
  const source = "Math.random();";
  const pureFiles = [
    "core/x.ts",
    "crds/x.ts",
    "crds/generate.ts",
    "controller/x.ts",
    "controller/deep/x.ts",
    "speaker/l2/x.ts",
    "core/main.ts",
    "core/io/x.ts",
    "controller/radio/x.ts",
    "controller/iox.ts",
    "deploy/x.ts",
    "util/x.ts",
    "x.ts",
    "speaker/l2/main.ts",
  ];
  assertEquals(pureFiles.filter((path) => found(path, source).length !== 1), []);
  const impureFiles = [
    "controller/io/x.ts",
    "speaker/io/deep/x.ts",
    "kube/x.ts",
    "ffi/x.ts",
    "tests/unit/x_test.ts",
    "main.ts",
    "controller/main.ts",
    "speaker/main.ts",
    "crds/main.ts",
    "deploy/main.ts",
    "deploy/io/x.ts",
  ];
  assertEquals(impureFiles.filter((path) => found(path, source).length !== 0), []);
});

Deno.test("world: each place is named", () => {
  assertEquals(found("core/x.ts", "Math.random() + Math.random(); setTimeout(f, Date.now());"), [
    "Math.random",
    "Math.random",
    "setTimeout",
    "Date.now",
  ]);
});
