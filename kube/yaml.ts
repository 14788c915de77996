/**
 * Reads YAML that people wrote. Import this file lazily: a Pod may need none, and the parser isn't small. (Never import
 * the parser itself in that way: of a CommonJS package a bundle then gives no names.)
 */
import { parse, YAMLParseError } from "yaml";

/** The text is not YAML. The message says what and where, and quotes nothing: there may be secrets in it. */
export class YamlError extends Error {
  override readonly name = "YamlError";
}

/**
 * The one document of the text, null when it is empty; with anchors and merge keys.
 *
 * @throws {YamlError}
 */
export function parseYaml(text: string): unknown {
  try {
    return parse(text, { merge: true, logLevel: "error" });
  } catch (error) {
    // Aliases are followed after everything is parsed; what that throws has no place.
    if (!(error instanceof YAMLParseError)) {
      throw new YamlError("not YAML: an alias leads nowhere; text that begins with * needs quotes");
    }
    const [at] = error.linePos ?? [];
    const where = at === undefined ? "" : `, line ${at.line}, column ${at.col}`;
    throw new YamlError(`not YAML: ${error.code.toLowerCase().replaceAll("_", " ")}${where}`);
  }
}
