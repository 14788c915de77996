/**
 * Manifests as text: YAML of several documents, or JSON, with lists taken apart. It stands here and not in core/ because the
 * library's parser looks at environment variables.
 */
import { isScalar, isSeq, LineCounter, parseAllDocuments, type ScalarTag } from "yaml";
import { InputError, type Manifest, type Place } from "../../core/plan/manifest.ts";
import { readManifest } from "../../core/plan/readmanifest.ts";

/** The words that YAML 1.1 takes for booleans, and so do kubectl and the API server; YAML 1.2 doesn't. */
const oldBooleans: ScalarTag = {
  default: true,
  identify: () => false,
  tag: "tag:yaml.org,2002:bool",
  test: /^(?:[Yy]|[Yy]es|YES|[Oo]n|ON|[Nn]|[Nn]o|NO|[Oo]ff|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
};

/** An item, and how to tell the line that it begins in. */
interface Item {
  readonly value: unknown;
  readonly place: Place;
  /** The place of one of the members of `items`. */
  readonly placeOf: (index: number) => Place;
}

/**
 * The manifests in the order in which they stand there.
 *
 * @param source the file's path, for messages
 * @throws {InputError} when it isn't YAML or JSON, or an object in it is no manifest
 */
export function parseManifests(text: string, source: string): Manifest[] {
  const plain = text.replace(/^\uFEFF/, "");
  const json = plain.trimStart().startsWith("{") ? readJson(plain) : undefined;
  if (json === undefined) return readYaml(plain, source);
  const nowhere: Place = { source, line: null };
  try {
    return expand({ value: json, place: nowhere, placeOf: () => nowhere });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Slower, and it knows the lines.
    return readYaml(plain, source);
  }
}

/** undefined when it is no JSON; that it begins like it says nothing, since YAML may too. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readYaml(text: string, source: string): Manifest[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    customTags: (tags) => [oldBooleans, ...tags],
  });
  const lineOf = (offset: number | undefined) => offset === undefined ? null : lines.linePos(offset).line;
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      throw new InputError({ source, line: lineOf(error.pos[0]) }, firstLine(error.message), {
        cause: error,
      });
    }
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return [];
    const place = { source, line: lineOf(contents.range?.[0]) };
    const placeOf = (index: number): Place => {
      const items = document.get("items", true);
      const item = isSeq(items) ? items.items[index] as { range?: [number, number, number] } : undefined;
      return { source, line: lineOf(item?.range?.[0]) ?? place.line };
    };
    return expand({ value: toPlain(document, place), place, placeOf });
  });
}

function toPlain(document: { toJS(): unknown }, place: Place): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that would grow without bounds.
    throw new InputError(place, firstLine(error instanceof Error ? error.message : String(error)), {
      cause: error,
    });
  }
}

/** A `List`, and the answer to a list request, is its items; such an answer names their kind only once. */
function expand({ value, place, placeOf }: Item): Manifest[] {
  if (!isList(value)) return [readManifest(value, place)];
  const { kind, apiVersion, items } = value;
  const typed = kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -"List".length) };
  return (items ?? []).flatMap((item, index) => {
    const at = placeOf(index);
    const whole = typeof item === "object" && item !== null && !Array.isArray(item)
      ? { ...typed, ...item }
      : item;
    return expand({ value: whole, place: at, placeOf: () => at });
  });
}

function isList(value: unknown): value is { kind: string; apiVersion?: unknown; items: unknown[] | null } {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("items" in value)) return false;
  const hasItems = value.items === null || Array.isArray(value.items);
  return typeof value.kind === "string" && value.kind.endsWith("List") && hasItems;
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
