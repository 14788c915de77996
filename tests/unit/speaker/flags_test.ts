import { assertEquals, assertStringIncludes } from "@std/assert";
import { environmentOf } from "../../../core/flags.ts";
import { parseSpeakerFlags, speakerFlags, speakerHelp } from "../../../speaker/flags.ts";
import { metallbSpeakerFlags } from "../../support/metallbflags.ts";

const node = { METALLB_NODE_NAME: "node-a" };

Deno.test("speaker flags: MetalLB's own are all accepted, with its defaults, in both spellings", async (test) => {
  for (const [flag, value, fallback] of metallbSpeakerFlags) {
    await test.step(flag, () => {
      const name = nameOf(flag);
      const none = parseSpeakerFlags([], node);
      assertEquals(none.kind === "options" && none.options[name], fallback);
      const long = parseSpeakerFlags([`--${flag}=${value}`], node);
      assertEquals(long.kind === "options" && String(long.options[name]), value);
      const separate = parseSpeakerFlags(
        typeof fallback === "boolean" ? [`-${flag}=${value}`] : [`-${flag}`, value],
        node,
      );
      assertEquals(separate, long);
    });
  }
});

Deno.test("speaker flags: the node's name must be given, by flag or by variable", () => {
  assertEquals(parseSpeakerFlags([], {}), {
    kind: "error",
    exitCode: 1,
    message: "the node is not known: give --node-name or METALLB_NODE_NAME",
  });
  const result = parseSpeakerFlags(["--node-name", "node-b"], node);
  assertEquals(result.kind === "options" && result.options.nodeName, "node-b");
});

Deno.test("speaker flags: MetalLB's variables", () => {
  assertEquals(environmentOf(speakerFlags), [
    "FRRK8S_NAMESPACE",
    "FRR_CONFIG_FILE",
    "FRR_LOGGING_LEVEL",
    "FRR_RELOADER_PID_FILE",
    "METALLB_BGP_DEBOUNCE_TIMEOUT",
    "METALLB_BGP_TYPE",
    "METALLB_HOST",
    "METALLB_ML_BIND_ADDR",
    "METALLB_ML_BIND_PORT",
    "METALLB_ML_LABELS",
    "METALLB_ML_SECRET_KEY_PATH",
    "METALLB_NAMESPACE",
    "METALLB_NODE_NAME",
    "METALLB_POD_NAME",
  ]);
});

Deno.test("speaker flags: the command line of MetalLB's own manifest, and what of it is named as without effect", () => {
  const result = parseSpeakerFlags(["--port=9120", "--log-level=info"], {
    METALLB_NODE_NAME: "node-a",
    METALLB_POD_NAME: "speaker-x",
    METALLB_HOST: "192.0.2.1",
    METALLB_ML_BIND_ADDR: "192.0.2.1",
    METALLB_ML_LABELS: "app=metallb,component=speaker",
    METALLB_ML_SECRET_KEY_PATH: "/etc/ml_secret_key",
    METALLB_BGP_TYPE: "frr-k8s",
    FRRK8S_NAMESPACE: "frr-k8s-system",
  });
  assertEquals(result.kind === "options" && result.withoutEffect, [
    "METALLB_BGP_TYPE",
    "METALLB_HOST",
    "METALLB_ML_BIND_ADDR",
    "METALLB_ML_LABELS",
    "METALLB_ML_SECRET_KEY_PATH",
    "FRRK8S_NAMESPACE",
  ]);
});

Deno.test("speaker flags: what MetalLB refuses at the start is refused", () => {
  const cases: readonly [args: string[], env: Record<string, string>, exitCode: 1 | 2, says: string][] = [
    [["--bgp-debounce-timeout=soon"], {}, 1, "milliseconds, above 0"],
    [["--bgp-debounce-timeout=0"], {}, 1, "milliseconds, above 0"],
    [["--bgp-debounce-timeout=-5"], {}, 1, "milliseconds, above 0"],
    [[], { METALLB_BGP_DEBOUNCE_TIMEOUT: "3s" }, 1, "milliseconds, above 0"],
    [["--ml-bindport=http"], {}, 1, "0 to 65535"],
    [["--frrk8s-secret-passthrough"], {}, 1, "METALLB_BGP_TYPE=frr-k8s"],
    [["--frrk8s-secret-passthrough"], { METALLB_BGP_TYPE: "frr-k8s" }, 1, "--frrk8s-namespace"],
    [["--frrk8s-secret-passthrough", "--frrk8s-namespace=x"], {}, 1, "METALLB_BGP_TYPE=frr-k8s"],
    [[], { METALLB_BGP_TYPE: "bird" }, 1, "wants one of native, frr, frr-k8s"],
    [["--tls-cipher-suites=TLS_AES_128_GCM_SHA256"], {}, 1, "TLS 1.3"],
    [["--node-lease-duration=2500ms"], {}, 1, "whole seconds"],
    [["--node-lease-renew=3s"], {}, 1, "shorter than --node-lease-duration"],
    [["--node-lease-renew=1ms"], {}, 1, "at least 100ms"],
    [["--ml-wan-config=maybe"], {}, 2, "true or false"],
  ];
  for (const [args, env, exitCode, says] of cases) {
    const result = parseSpeakerFlags(args, { ...node, ...env });
    assertEquals(result.kind === "error" && result.exitCode, exitCode, args.join(" "));
    assertStringIncludes(result.kind === "error" ? result.message : "", says);
  }
  const passthrough = ["--frrk8s-secret-passthrough", "--frrk8s-namespace=x"];
  assertEquals(parseSpeakerFlags(passthrough, { ...node, METALLB_BGP_TYPE: "frr-k8s" }).kind, "options");
});

Deno.test("speaker flags: the help needs no node, and has every flag", () => {
  assertEquals(parseSpeakerFlags(["--help"], {}), { kind: "help" });
  const help = speakerHelp();
  for (const flag of Object.values(speakerFlags)) assertStringIncludes(help, flag.flag ?? flag.env ?? "");
});

function nameOf(flag: string): keyof typeof speakerFlags {
  const found = Object.entries(speakerFlags).find(([, definition]) => definition.flag === flag);
  if (found === undefined) throw new Error(`no flag --${flag}`);
  return found[0] as keyof typeof speakerFlags;
}
