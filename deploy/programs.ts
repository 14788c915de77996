/** The programs that are built, and what each may do: Deno's permissions, the same in both forms of the build. */
import { controllerFlags } from "../controller/flags.ts";
import { environmentOf } from "../core/flags.ts";
import { libcPaths } from "../ffi/libc.ts";
import { speakerFlags } from "../speaker/flags.ts";

/** One executable. */
export interface Program {
  readonly name: "controller" | "speaker" | "pewter";
  /** Its first module, from the repository's root. */
  readonly entry: string;
  /** The module of its Worker, which is a bundle of its own. */
  readonly worker?: string;
  /** A module that is only there in a clone, and what stands in its place. */
  readonly leftOut?: { readonly specifier: string; readonly text: string };
  /** Arguments for `deno run` and `deno compile`. */
  readonly permissions: readonly string[];
}

/** Where the API server is: in a Pod, and for a person. */
const kubernetesVariables = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "KUBECONFIG", "HOME"];

/**
 * Daemons are idle nearly all the time. The room that V8 takes for young objects (MiB) is 16 by itself; what only
 * the start needed is collected after 5 s of quiet instead of 30; and keeping compiled code for the next start would cost
 * 2 MiB and save 10 ms.
 */
function smallHeap(youngMib: number): string[] {
  return [
    `--v8-flags=--max-semi-space-size=${youngMib},--gc-memory-reducer-start-delay-ms=5000`,
    "--no-code-cache",
  ];
}

/**
 * For glibc's allocator. Memory that one thread frees is of no use to another's: one pool for all saves 4 MiB, and costs
 * nothing in programs that compute on two threads. That big buffers (bytes) always go back to the system, where by itself
 * it learns from the start's to keep them, saves 3 MiB. Environment variables, set where the programs are started.
 */
export const daemonEnvironment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "65536",
};

/**
 * What both daemons may: the network; reading files, anywhere, because --kubeconfig and the files that it names lie
 * anywhere; the environment variables listed, the others being as if unset (the kubeconfig library looks at many).
 * Not: writing files, running programs, FFI, the system's facts.
 */
function daemonPermissions(variables: readonly string[], youngMib: number): string[] {
  const env = [...new Set([...variables, ...kubernetesVariables])].sort();
  return [
    ...smallHeap(youngMib),
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    `--allow-env=${env.join(",")}`,
    "--ignore-env",
  ];
}

export const programs: readonly Program[] = [
  {
    name: "controller",
    entry: "controller/main.ts",
    // A list of 10,000 Services is read in half the time that 1 MiB would take, and memory is the same afterwards.
    permissions: daemonPermissions(environmentOf(controllerFlags), 4),
  },
  {
    name: "speaker",
    entry: "speaker/main.ts",
    worker: "speaker/io/worker.ts",
    permissions: [
      ...daemonPermissions(environmentOf(speakerFlags), 1),
      `--allow-ffi=${Object.values(libcPaths).join(",")}`,
    ],
  },
  {
    name: "pewter",
    entry: "main.ts",
    worker: "speaker/io/worker.ts",
    // The lab is part of the tests, and starts the sources of its own API server.
    leftOut: {
      specifier: "./tests/lab/demo.ts",
      text: `export function demo() {
  console.error("The demo needs a clone of Pewter's repository: run \\"deno task demo\\" there.");
  return Promise.resolve(1);
}
`,
    },
    // For people, with their own rights: a kubeconfig's exec plugin is a program that is run.
    permissions: ["--allow-all"],
  },
];

/** The architectures that are built for, as Deno calls them. */
export const targets = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"] as const;
export type Target = typeof targets[number];

/**
 * The script that starts a program of the bundle form from wherever it is called. Deno wants a home for its cache, also
 * when it needs none.
 */
export function launcher(program: Program): string {
  const environment = Object.entries({ DENO_NO_UPDATE_CHECK: "1", ...daemonEnvironment });
  return `#!/bin/sh
# Pewter's ${program.name}: the bundle form of "deno task build". The permissions are the program's, not yours to pass.
here=$(dirname "$(readlink -f "$0")")
export ${environment.map(([name, value]) => `${name}=${value}`).join(" ")}
[ -n "\${DENO_DIR:-\${HOME:-}}" ] || export DENO_DIR=/nonexistent
exec "$here/../bundle/deno" run --quiet --cached-only --no-config --no-lock \\
  ${program.permissions.join(" \\\n  ")} \\
  "$here/../bundle/${program.name}/main.js" "$@"
`;
}
