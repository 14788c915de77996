import { assertEquals } from "@std/assert";
import {
  type Environment,
  environmentOf,
  type FlagTable,
  type OptionsOf,
  parseFlags,
} from "../../../core/flags.ts";
import { flagHelp } from "../../../core/flaghelp.ts";

const table = {
  name: { flag: "name", env: "NAME", kind: "string", default: "", help: "a name", works: true },
  port: {
    flag: "port",
    env: "PORT",
    kind: "int",
    default: 80,
    min: 0,
    max: 65535,
    help: "a port",
    works: true,
  },
  size: { flag: "size", kind: "int", default: 1, min: -20, help: "a size", works: false },
  fast: { flag: "fast", env: "FAST", kind: "bool", default: false, help: "speed", works: true },
  safe: { flag: "safe", kind: "bool", default: true, help: "safety", works: false },
  mode: {
    flag: null,
    env: "MODE",
    kind: "enum",
    values: ["one", "two"],
    default: "one",
    help: "which",
    works: false,
  },
  wait: { flag: "wait", kind: "duration", default: 1500, min: 10, help: "a time", works: true },
} as const satisfies FlagTable;

const defaults: OptionsOf<typeof table> = {
  name: "",
  port: 80,
  size: 1,
  fast: false,
  safe: true,
  mode: "one",
  wait: 1500,
};

/** What is typed, and which options differ from their defaults. */
const good: readonly [
  args: string[],
  env: Environment,
  changed: Partial<OptionsOf<typeof table>>,
][] = [
  [[], {}, {}],
  [["-name=a"], {}, { name: "a" }],
  [["--name=a"], {}, { name: "a" }],
  [["-name", "a"], {}, { name: "a" }],
  [["--name", "a"], {}, { name: "a" }],
  [["--name="], { NAME: "env" }, { name: "" }],
  [["--name", ""], { NAME: "env" }, { name: "" }],
  [["--name", "--port"], {}, { name: "--port" }],
  [["--name=a=b,c=d"], {}, { name: "a=b,c=d" }],
  [["--name=a\nb"], {}, { name: "a\nb" }],
  [["--name=a", "--name=b"], {}, { name: "b" }],
  [["--name=a"], { NAME: "env" }, { name: "a" }],
  [[], { NAME: "env" }, { name: "env" }],
  [[], { NAME: "" }, {}],
  [[], { NAME: undefined }, {}],
  [["--name=a", "--"], {}, { name: "a" }],
  [["--port=0"], {}, { port: 0 }],
  [["--port", "65535"], {}, { port: 65535 }],
  [[], { PORT: "9120" }, { port: 9120 }],
  [["--size=-5"], {}, { size: -5 }],
  [["--size", "-5"], {}, { size: -5 }],
  [["--size=+5"], {}, { size: 5 }],
  [["--size=-0"], {}, { size: 0 }],
  [["--size=0x1F"], {}, { size: 31 }],
  [["--size=010"], {}, { size: 8 }],
  [["--size=0o17"], {}, { size: 15 }],
  [["--size=0b11"], {}, { size: 3 }],
  [["-fast"], {}, { fast: true }],
  [["--fast"], {}, { fast: true }],
  [["--fast", "--port=1"], {}, { fast: true, port: 1 }],
  [["--fast=true"], {}, { fast: true }],
  [["--fast=T"], {}, { fast: true }],
  [["--fast=1"], {}, { fast: true }],
  [["--safe=false"], {}, { safe: false }],
  [["--safe=0"], {}, { safe: false }],
  [["--safe=False"], {}, { safe: false }],
  [["--fast=false"], { FAST: "true" }, {}],
  [[], { FAST: "TRUE" }, { fast: true }],
  [[], { MODE: "two" }, { mode: "two" }],
  [["--wait=3s"], {}, { wait: 3000 }],
  [["--wait", "1m30s"], {}, { wait: 90000 }],
  [["--wait=10.5ms"], {}, { wait: 10.5 }],
];

/** What is typed, the exit code, and what is said. */
const bad: readonly [args: string[], env: Environment, exitCode: 1 | 2, message: string][] = [
  [["--nme=a"], {}, 2, "unknown flag --nme; --help lists the flags"],
  [["-x"], {}, 2, "unknown flag --x; --help lists the flags"],
  [["--mode=two"], {}, 2, "unknown flag --mode; --help lists the flags"],
  [["--toString"], {}, 2, "unknown flag --toString; --help lists the flags"],
  [["--__proto__=1"], {}, 2, "unknown flag --__proto__; --help lists the flags"],
  [["a"], {}, 2, 'unexpected argument "a"; --help lists the flags'],
  [[""], {}, 2, 'unexpected argument ""; --help lists the flags'],
  [["-"], {}, 2, 'unexpected argument "-"; --help lists the flags'],
  [["--", "a"], {}, 2, 'unexpected argument "--"; --help lists the flags'],
  [["---port=1"], {}, 2, 'unexpected argument "---port=1"; --help lists the flags'],
  [["--=1"], {}, 2, 'unexpected argument "--=1"; --help lists the flags'],
  [
    ["--fast", "false"],
    {},
    2,
    'unexpected argument "false"; a boolean takes its value after "=", as in --fast=false; --help lists the flags',
  ],
  [["--port"], {}, 2, "--port needs a value, as in --port=80; --help lists the flags"],
  [["--wait"], {}, 2, "--wait needs a value, as in --wait=1500ms; --help lists the flags"],
  [["--name"], {}, 2, "--name needs a value, as in --name=<text>; --help lists the flags"],
  [["--port=x"], {}, 2, '--port="x": wants an integer'],
  [["--port="], {}, 2, '--port="": wants an integer'],
  [["--port=1.5"], {}, 2, '--port="1.5": wants an integer'],
  [["--port=1e3"], {}, 2, '--port="1e3": wants an integer'],
  [["--port= 1"], {}, 2, '--port=" 1": wants an integer'],
  [["--port=09"], {}, 2, '--port="09": wants an integer'],
  [["--size=9007199254740993"], {}, 2, '--size="9007199254740993": wants an integer'],
  [["--port=65536"], {}, 1, '--port="65536": wants 0 to 65535'],
  [["--port=-1"], {}, 1, '--port="-1": wants 0 to 65535'],
  [["--size=-21"], {}, 1, '--size="-21": wants at least -20'],
  [["--fast=yes"], {}, 2, '--fast="yes": wants true or false'],
  [["--fast="], {}, 2, '--fast="": wants true or false'],
  [["--wait=10"], {}, 2, '--wait="10": wants a duration with its unit, as in 1500ms'],
  [["--wait=9ms"], {}, 1, '--wait="9ms": wants at least 10ms'],
  [["--wait=-1s"], {}, 1, '--wait="-1s": wants at least 10ms'],
  [[], { PORT: "x" }, 1, 'PORT="x": wants an integer'],
  [[], { FAST: "on" }, 1, 'FAST="on": wants true or false'],
  [[], { MODE: "three" }, 1, 'MODE="three": wants one of one, two'],
];

Deno.test("flags: what is accepted", async (test) => {
  for (const [args, env, changed] of good) {
    await test.step(`${JSON.stringify(args)} ${JSON.stringify(env)}`, () => {
      const result = parseFlags(table, args, env);
      assertEquals(result.kind === "options" ? result.options : result, { ...defaults, ...changed });
    });
  }
});

Deno.test("flags: what is refused, with which words and exit code", async (test) => {
  for (const [args, env, exitCode, message] of bad) {
    await test.step(`${JSON.stringify(args)} ${JSON.stringify(env)}`, () => {
      assertEquals(parseFlags(table, args, env), { kind: "error", exitCode, message });
    });
  }
});

Deno.test("flags: help and version are asked for in any place before a mistake", () => {
  for (const help of ["-h", "--h", "-help", "--help"]) {
    assertEquals(parseFlags(table, ["--port=1", help, "--unknown"], {}), { kind: "help" });
  }
  assertEquals(parseFlags(table, ["--version"], {}), { kind: "version" });
  assertEquals(parseFlags(table, ["--unknown", "--help"], {}).kind, "error");
});

Deno.test("flags: those without effect are named once each, as they were given", () => {
  const result = parseFlags(table, ["--safe", "--size=2", "--safe=false", "--port=1"], { MODE: "two" });
  assertEquals(result.kind === "options" && result.withoutEffect, ["--size", "--safe", "MODE"]);
});

Deno.test("flags: the variables that are read are known beforehand", () => {
  assertEquals(environmentOf(table), ["FAST", "MODE", "NAME", "PORT"]);
});

Deno.test("flags: the help names every flag with its type, default and variable", () => {
  assertEquals(
    flagHelp("tool", "A tool.", table),
    `A tool.

Usage: tool [flags]

Flags:
  --name=<string>
        a name (or NAME)
  --port=<int>
        a port (default 80, or PORT)
  --fast
        speed (default false, or FAST)
  --wait=<duration>
        a time (default 1500ms)
  --help, -h
        print this text
  --version
        print the version

Accepted so that MetalLB's command lines keep working, without effect:
  --size=<int>
        a size (default 1)
  --safe
        safety (default true)
  MODE=one|two
        which (default one)

A flag may be written -flag=value, --flag=value or --flag value; a boolean only with \`=\`.
`,
  );
});
