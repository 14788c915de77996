import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { controllerFlags, parseControllerFlags } from "../../../controller/flags.ts";
import type { Flag } from "../../../core/flags.ts";
import { parseSpeakerFlags, speakerFlags } from "../../../speaker/flags.ts";

const options = { seed: 20260301, numRuns: 2000 };
const names = Object.values({ ...controllerFlags, ...speakerFlags }).map((flag: Flag) => flag.flag ?? "");

/** Command lines that are near to right ones. */
const word = fc.oneof(
  fc.tuple(
    fc.constantFrom("-", "--", "---", ""),
    fc.constantFrom(...names, "help", "x"),
    fc.constantFrom("", "="),
    fc.string(),
  )
    .map((parts) => parts.join("")),
  fc.string(),
  fc.constantFrom("true", "false", "1", "-1", "3s", "", "-", "--"),
);

Deno.test("flags: any command line and environment gives an answer, never an exception", () => {
  const env = fc.dictionary(
    fc.constantFrom("METALLB_NODE_NAME", "METALLB_BGP_TYPE", "METALLB_HOST"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word), env, (args, variables) => {
      for (const result of [parseControllerFlags(args, variables), parseSpeakerFlags(args, variables)]) {
        if (result.kind === "error") assert(result.message.length > 0 && [1, 2].includes(result.exitCode));
        else assert(["options", "help", "version"].includes(result.kind));
      }
    }),
    options,
  );
});

Deno.test("flags: any text is taken as it is, in each spelling", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("-", "--"), (text, dashes) => {
      for (const args of [[`${dashes}lb-class=${text}`], [`${dashes}lb-class`, text]]) {
        const result = parseControllerFlags(args, {});
        assertEquals(result.kind === "options" && result.options.lbClass, text);
      }
    }),
    options,
  );
});
