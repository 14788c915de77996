import { assertEquals } from "@std/assert";
import { importProblem } from "../../lint/areas.ts";
import plugin from "../../lint/layers.ts";

/** What the rule of layers says about a file with this source; the rule's name stands before each message. */
function findings(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map((one) => `${one.id}: ${one.message}`);
}

function problems(path: string, source: string): number {
  return findings(path, source).length;
}

/** For each part: a file of it, what it may import, what it must not. Seen from the repository's root. */
const layers: readonly [from: string, may: readonly string[], mustNot: readonly string[]][] = [
  [
    "core/ip.ts",
    ["core/prefix.ts"],
    [
      "crds/pool.ts",
      "kube/api.ts",
      "controller/flags.ts",
      "speaker/flags.ts",
      "ffi/libc.ts",
      "tests/x.ts",
      "main.ts",
    ],
  ],
  [
    "crds/pool.ts",
    ["core/ip.ts", "crds/values.ts"],
    ["kube/api.ts", "controller/flags.ts", "speaker/flags.ts", "ffi/libc.ts", "crds/main.ts"],
  ],
  ["crds/main.ts", ["core/ip.ts", "crds/pool.ts"], ["kube/api.ts", "controller/flags.ts"]],
  [
    "kube/client.ts",
    ["core/ip.ts", "kube/api.ts"],
    ["crds/pool.ts", "controller/flags.ts", "speaker/flags.ts", "ffi/libc.ts"],
  ],
  ["ffi/libc.ts", ["core/ip.ts", "ffi/errno.ts"], ["crds/pool.ts", "kube/api.ts", "speaker/l2/arp.ts"]],
  [
    "controller/allocator.ts",
    ["core/ip.ts", "crds/pool.ts", "controller/ledger.ts"],
    ["controller/io/loop.ts", "controller/main.ts", "kube/api.ts", "speaker/flags.ts", "ffi/libc.ts"],
  ],
  [
    "controller/io/loop.ts",
    ["core/ip.ts", "crds/pool.ts", "controller/ledger.ts", "controller/io/apply.ts", "kube/api.ts"],
    ["controller/main.ts", "speaker/flags.ts", "speaker/io/loop.ts", "ffi/libc.ts", "tests/x.ts", "main.ts"],
  ],
  [
    "controller/main.ts",
    ["controller/io/loop.ts", "controller/flags.ts", "kube/client.ts", "core/version.ts"],
    ["speaker/flags.ts", "speaker/main.ts", "ffi/libc.ts", "tests/x.ts"],
  ],
  [
    "speaker/l2/arp.ts",
    ["core/ip.ts", "crds/pool.ts", "speaker/dataplane.ts"],
    ["speaker/io/loop.ts", "speaker/main.ts", "kube/api.ts", "controller/flags.ts", "ffi/libc.ts"],
  ],
  [
    "speaker/io/dataplane/worker.ts",
    ["core/ip.ts", "speaker/l2/arp.ts", "speaker/io/reactor.ts", "kube/api.ts", "ffi/libc.ts"],
    ["speaker/main.ts", "controller/flags.ts", "controller/io/loop.ts", "tests/x.ts"],
  ],
  [
    "speaker/main.ts",
    ["speaker/io/loop.ts", "speaker/flags.ts", "kube/client.ts"],
    ["ffi/libc.ts", "controller/flags.ts", "controller/main.ts", "tests/x.ts"],
  ],
  [
    "main.ts",
    ["core/ip.ts", "kube/client.ts", "controller/main.ts", "speaker/main.ts", "tests/lab/demo.ts"],
    ["ffi/libc.ts", "deploy/io/build.ts", "crds/main.ts"],
  ],
  [
    "tests/unit/x_test.ts",
    [
      "core/ip.ts",
      "ffi/libc.ts",
      "controller/io/loop.ts",
      "speaker/main.ts",
      "deploy/io/build.ts",
      "main.ts",
    ],
    [],
  ],
  ["deploy/permissions.ts", ["controller/flags.ts", "speaker/flags.ts"], []],
  ["util/strings.ts", [], ["core/ip.ts", "util/other.ts"]],
];

Deno.test("layers: who may import whom, and who must not", async (test) => {
  for (const [from, may, mustNot] of layers) {
    await test.step(from, () => {
      assertEquals(may.filter((to) => importProblem(from, to) !== null), [], "refused, though allowed");
      assertEquals(mustNot.filter((to) => importProblem(from, to) === null), [], "allowed, though forbidden");
    });
  }
});

Deno.test("layers: a forbidden import is found in every form in which it can be written", async (test) => {
  const forms = [
    'import { list } from "../kube/api.ts";',
    'import "../kube/api.ts";',
    'import * as api from "../kube/api.ts";',
    'import api from "../kube/api.ts";',
    'import type { KubeApi } from "../kube/api.ts";',
    'import { type KubeApi } from "../kube/api.ts";',
    'export { list } from "../kube/api.ts";',
    'export type { KubeApi } from "../kube/api.ts";',
    'const api = await import("../kube/api.ts");',
    "const api = await import(`../kube/api.ts`);",
    'let api: import("../kube/api.ts").KubeApi;',
    'type Api = typeof import("../kube/api.ts");',
    'import { list } from "../core/../kube/api.ts";',
    'import { list } from "./../kube/api.ts";',
  ];
  for (const form of forms) {
    await test.step(form, () => {
      assertEquals(findings("core/x.ts", form), [
        "pewter/imports: core must not import kube; it may import core",
      ]);
      assertEquals(findings("kube/x.ts", form), []);
    });
  }
});

Deno.test("layers: an import whose target can't be known is refused outside tests", () => {
  assertEquals(problems("main.ts", "await import(name);"), 1);
  assertEquals(problems("core/x.ts", "await import(`./${name}.ts`);"), 1);
  assertEquals(problems("tests/lab/x.ts", "await import(name);"), 0);
  assertEquals(problems("kube/x.ts", 'import fs = require("node:fs");'), 1);
});

Deno.test("layers: packages are pinned in deno.json", () => {
  for (
    const specifier of [
      "npm:yaml@2",
      "jsr:@std/assert",
      "https://deno.land/x/a.ts",
      "data:text/javascript,1",
      "/x.ts",
    ]
  ) {
    assertEquals(problems("kube/x.ts", `import "${specifier}";`), 1, specifier);
  }
});

Deno.test("layers: pure parts use pure packages; types cost nothing; test packages stay in tests", () => {
  assertEquals(problems("core/x.ts", 'import ipaddr from "ipaddr.js";'), 0);
  assertEquals(problems("core/x.ts", 'import { KubeConfig } from "@kubernetes/client-node";'), 1);
  assertEquals(problems("core/x.ts", 'import type { V1Service } from "@kubernetes/client-node";'), 0);
  assertEquals(problems("kube/x.ts", 'import { KubeConfig } from "@kubernetes/client-node";'), 0);
  assertEquals(problems("kube/x.ts", 'import fc from "fast-check";'), 1);
  assertEquals(problems("tests/x.ts", 'import fc from "fast-check";'), 0);
});

Deno.test("layers: of Node's modules pure parts use those without effects", () => {
  for (
    const module of ["fs", "net", "os", "process", "timers", "child_process", "worker_threads", "crypto"]
  ) {
    assertEquals(problems("core/x.ts", `import x from "node:${module}";`), 1, module);
    assertEquals(problems("kube/x.ts", `import x from "node:${module}";`), 0, module);
  }
  assertEquals(problems("core/x.ts", 'import { createHash } from "node:crypto";'), 0);
  assertEquals(problems("core/x.ts", 'import { createHash, randomBytes } from "node:crypto";'), 1);
  assertEquals(problems("core/x.ts", 'import { inspect } from "node:util";'), 0);
  assertEquals(problems("core/x.ts", 'import type { Socket } from "node:net";'), 0);
});

Deno.test("layers: no barrels", () => {
  for (const name of ["mod.ts", "deps.ts", "index.ts"]) {
    assertEquals(problems(`core/${name}`, "export {};"), 1);
  }
  assertEquals(problems("tests/std/assert/mod.ts", "export {};"), 0);
  assertEquals(problems("core/x.ts", 'export * from "./ip.ts";'), 1);
  assertEquals(problems("core/x.ts", 'export { parseIp } from "./ip.ts";'), 0);
});
