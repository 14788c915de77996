/** The built programs themselves: that they start, what they may do, and what is not in them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ensureBuilt } from "../../../deploy/io/ensure.ts";
import { type Program, programs } from "../../../deploy/programs.ts";
import { skippable } from "../../support/skip.ts";

const root = decodeURIComponent(new URL("../../../", import.meta.url).pathname);
const dist = `${root}dist`;

const isBundle = (await ensureBuilt(root)).form === "bundle";
const onlyBundle = isBundle ? null : "this is the compiled form, whose code can't be looked at";

Deno.test("build: each program says its version and its help", async () => {
  for (const { name } of programs) {
    const version = await run(`${dist}/bin/${name}`, ["--version"]);
    assertEquals([name, version.code], [name, 0]);
    assert(/^pewter( controller| speaker)? \d+\.\d+\.\d+\n$/.test(version.stdout), version.stdout);
    const help = await run(`${dist}/bin/${name}`, ["--help"]);
    assertEquals([name, help.code], [name, 0]);
    assertStringIncludes(help.stdout, `Usage: ${name}`);
  }
});

Deno.test("build: the programs start from anywhere, through a link, without any environment", async () => {
  const folder = await Deno.makeTempDir({ prefix: "pewter-link-" });
  try {
    await Deno.symlink(`${dist}/bin/controller`, `${folder}/controller`);
    const { code, stdout, stderr } = await run(`${folder}/controller`, ["--version"], {
      cwd: "/",
      clearEnv: true,
    });
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "pewter controller");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("build: a wrong command line ends as MetalLB's programs do", async () => {
  const cases: readonly [program: string, args: string[], code: number, says: string][] = [
    ["controller", ["--no-such-flag"], 2, "unknown flag --no-such-flag"],
    ["controller", ["--log-level=loud"], 1, "--log-level"],
    ["speaker", [], 1, "METALLB_NODE_NAME"],
    ["speaker", ["--node-name=a", "--bgp-debounce-timeout=x"], 1, "--bgp-debounce-timeout"],
    ["pewter", ["no-such-command"], 2, "no-such-command"],
    ["pewter", ["demo"], 1, "deno task demo"],
  ];
  for (const [program, args, code, says] of cases) {
    const result = await run(`${dist}/bin/${program}`, args, { clearEnv: true });
    assertEquals([program, args, result.code], [program, args, code]);
    assertStringIncludes(result.stderr, says);
  }
});

Deno.test("build: a kubeconfig is read wherever it lies", async () => {
  const folder = await Deno.makeTempDir({ prefix: "pewter-kubeconfig-" });
  try {
    await Deno.writeTextFile(`${folder}/config`, "apiVersion: v1\nkind: Config\n");
    const { code, stderr } = await run(`${dist}/bin/controller`, [`--kubeconfig=${folder}/config`]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `kubeconfig ${folder}/config has no current-context`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What a program of ours could try, one after the other. */
const attempts = `
const tries = {
  ffi: () => Deno.dlopen("/lib/${Deno.build.arch}-linux-gnu/libc.so.6", { getpid: { parameters: [], result: "i32" } }).close(),
  otherFfi: () => Deno.dlopen("/lib/${Deno.build.arch}-linux-gnu/libm.so.6", {}),
  pointer: () => Deno.UnsafePointer.of(new Uint8Array(1)),
  run: () => new Deno.Command("true").outputSync(),
  write: () => Deno.writeTextFileSync(Deno.args[0] + ".out", ""),
  hostname: () => Deno.hostname(),
  env: () => { if (Deno.env.get("PATH") !== undefined) return; throw new Deno.errors.NotCapable("hidden"); },
  read: () => Deno.readTextFileSync(Deno.args[0]),
  listen: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
};
const allowed = Object.entries(tries).filter(([, attempt]) => {
  try { attempt(); return true; } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
});
console.log(allowed.map(([name]) => name).join(" "));
`;

Deno.test("build: the permissions of the daemons let nothing else through", async () => {
  const folder = await Deno.makeTempDir({ prefix: "pewter-probe-" });
  try {
    await Deno.writeTextFile(`${folder}/probe.js`, attempts);
    const allowed = async (name: string) => {
      const args = [
        "run",
        "--quiet",
        "--no-config",
        ...permissionsOf(name),
        `${folder}/probe.js`,
        `${folder}/probe.js`,
      ];
      const { stdout, stderr } = await run(Deno.execPath(), args);
      assertEquals(stderr, "");
      return stdout.trim();
    };
    assertEquals(await allowed("controller"), "read listen");
    assertEquals(await allowed("speaker"), "ffi read listen");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("build: these permissions are what the programs were made with", async () => {
  for (const name of ["controller", "speaker"]) {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${dist}/bin/${name}`));
    if (isBundle) {
      const granted = text.match(/(?<=\s)--(allow|ignore|deny|no-prompt|no-code-cache|v8-flags)\S*/g);
      assertEquals(granted, [...permissionsOf(name)]);
    } else {
      const granted = JSON.parse(/"permissions":(\{[^{}]*"prompt":false\})/.exec(text)?.[1] ?? "null");
      assertEquals(granted.allow_run, null);
      assertEquals(granted.allow_write, null);
      assertEquals(granted.allow_ffi?.length ?? 0, name === "speaker" ? 2 : 0);
    }
  }
});

Deno.test({
  ...skippable("build: code that uses FFI is in the speaker's Worker and nowhere else", onlyBundle),
  fn: async () => {
    const withFfi: string[] = [];
    for (const program of ["controller", "speaker"]) {
      for await (const { name } of Deno.readDir(`${dist}/bundle/${program}`)) {
        const text = await Deno.readTextFile(`${dist}/bundle/${program}/${name}`);
        if (text.includes("dlopen")) withFfi.push(`${program}/${name}`);
      }
    }
    assertEquals(withFfi, ["speaker/worker.js"]);
  },
});

Deno.test({
  ...skippable(
    "build: the bundled Worker runs with the speaker's permissions, and ends when told",
    onlyBundle,
  ),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "pewter-worker-" });
    try {
      const source = `
        const worker = new Worker("file://${dist}/bundle/speaker/worker.js", { type: "module" });
        worker.onmessage = ({ data }) => { console.log(data.type); if (data.type === "stopped") worker.terminate(); };
        worker.onerror = (event) => { console.log("error", event.message); Deno.exit(1); };
        worker.postMessage({ type: "stop" });
      `;
      await Deno.writeTextFile(`${folder}/main.js`, source);
      const args = ["run", "--quiet", "--no-config", ...permissionsOf("speaker"), `${folder}/main.js`];
      const { code, stdout, stderr } = await run(Deno.execPath(), args);
      assertEquals([code, stdout, stderr], [0, "stopped\n", ""]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function permissionsOf(name: string): Program["permissions"] {
  const found = programs.find((program) => program.name === name);
  assert(found !== undefined, `there is no program ${name}`);
  return found.permissions;
}

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command for ten seconds at most. */
async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly clearEnv?: boolean } = {},
): Promise<Output> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(10_000),
    ...options,
    ...(options.clearEnv ? { env: { PATH: "/usr/bin:/bin" } } : { env: { NO_COLOR: "1" } }),
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
