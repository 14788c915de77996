import { assertEquals, assertStringIncludes } from "@std/assert";
import { controllerFlags, controllerHelp, parseControllerFlags } from "../../../controller/flags.ts";
import { environmentOf } from "../../../core/flags.ts";
import { metallbControllerFlags } from "../../support/metallbflags.ts";

Deno.test("controller flags: MetalLB's own are all accepted, with its defaults, in both spellings", async (test) => {
  for (const [flag, value, fallback] of metallbControllerFlags) {
    await test.step(flag, () => {
      const name = nameOf(flag);
      const none = parseControllerFlags([], {});
      assertEquals(none.kind === "options" && none.options[name], fallback);
      const long = parseControllerFlags([`--${flag}=${value}`], {});
      assertEquals(long.kind === "options" && String(long.options[name]), value);
      const separate = parseControllerFlags(
        typeof fallback === "boolean" ? [`-${flag}=${value}`] : [`-${flag}`, value],
        {},
      );
      assertEquals(separate, long);
    });
  }
});

Deno.test("controller flags: MetalLB's variables", () => {
  assertEquals(environmentOf(controllerFlags), [
    "METALLB_BGP_TYPE",
    "METALLB_DEPLOYMENT",
    "METALLB_ML_SECRET_NAME",
    "METALLB_NAMESPACE",
    "METALLB_POD_NAME",
  ]);
  for (const type of ["native", "frr", "frr-k8s"]) {
    const result = parseControllerFlags([], { METALLB_BGP_TYPE: type, METALLB_NAMESPACE: "lb" });
    assertEquals(result.kind === "options" && [result.options.bgpType, result.options.namespace], [
      type,
      "lb",
    ]);
  }
});

Deno.test("controller flags: a value that MetalLB refuses ends with 1, an unknown flag with 2", () => {
  const cases: readonly [args: string[], exitCode: 1 | 2, says: string][] = [
    [["--log-level=loud"], 1, "all, debug, info, warn, error, none"],
    [["--webhook-mode=only webhook"], 1, "enabled, disabled, onlywebhook"],
    [["--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"], 1, "--tls-min-version=VersionTLS12"],
    [["--tls-min-version=TLS1.2"], 1, "VersionTLS12"],
    [
      ["--tls-min-version=VersionTLS12", "--tls-cipher-suites=ECDHE"],
      1,
      '"ECDHE" is not the name of a cipher suite',
    ],
    [["--tls-curve-preferences=29,X25519"], 1, '"X25519" is not one of 23, 24, 25, 29'],
    [["--tls-curve-preferences=29, 29"], 1, '"29" is given twice'],
    [["--tls-curve-preferences=0"], 1, '"0" is not one of'],
    [["--lease-duration=1500ms"], 1, "whole seconds"],
    [["--lease-duration=0s"], 1, "at least 1000ms"],
    [["--speaker"], 2, "unknown flag --speaker"],
    [["--port=http"], 2, "wants an integer"],
  ];
  for (const [args, exitCode, says] of cases) {
    const result = parseControllerFlags(args, {});
    assertEquals(result.kind === "error" && result.exitCode, exitCode, args.join(" "));
    assertStringIncludes(result.kind === "error" ? result.message : "", says);
  }
});

Deno.test("controller flags: TLS flags that MetalLB takes are taken", () => {
  const suites = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
  for (
    const args of [
      ["--tls-min-version=VersionTLS13"],
      [
        "--tls-min-version=VersionTLS12",
        `--tls-cipher-suites=${suites}`,
        "--tls-curve-preferences=4588, 29,23",
      ],
    ]
  ) assertEquals(parseControllerFlags(args, {}).kind, "options");
});

Deno.test("controller flags: the help is there, with every flag", () => {
  assertEquals(parseControllerFlags(["-h"], {}), { kind: "help" });
  const help = controllerHelp();
  for (const flag of Object.values(controllerFlags)) assertStringIncludes(help, flag.flag ?? flag.env ?? "");
});

function nameOf(flag: string): keyof typeof controllerFlags {
  const found = Object.entries(controllerFlags).find(([, definition]) => definition.flag === flag);
  if (found === undefined) throw new Error(`no flag --${flag}`);
  return found[0] as keyof typeof controllerFlags;
}
