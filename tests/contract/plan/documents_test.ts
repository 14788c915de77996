/** Manifests as they stand in files. */
import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../core/plan/manifest.ts";
import { parseManifests } from "../../../kube/plan/documents.ts";

function names(text: string): string[] {
  return parseManifests(text, "a.yaml").map(({ kind, metadata: { name } }) => `${kind} ${name}`);
}

const web = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";

Deno.test("manifests: documents, lists and lists in lists, in their order", () => {
  assertEquals(names(`# a comment\n---\n${web}---\n---\n# nothing\n---\n${web.replace("web", "api")}...\n`), [
    "Service web",
    "Service api",
  ]);
  const list = `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Node, metadata: {name: a}}
- apiVersion: v1
  kind: ServiceList
  items:
  - metadata: {name: b}
  - {apiVersion: v1, kind: Service, metadata: {name: c}}
---
kind: IPAddressPoolList
apiVersion: metallb.io/v1beta1
items: [{metadata: {name: d}}]
`;
  assertEquals(names(list), ["Node a", "Service b", "Service c", "IPAddressPool d"]);
  assertEquals(parseManifests(list, "a").at(-1)?.apiVersion, "metallb.io/v1beta1");
  assertEquals(names(""), []);
  assertEquals(names("\uFEFF" + web), ["Service web"]);
  assertEquals(names("kind: List\napiVersion: v1\nitems: []\n"), []);
  assertEquals(names("kind: List\napiVersion: v1\nitems:\n"), []);
});

Deno.test("manifests: JSON, however it is indented", () => {
  const object = {
    apiVersion: "v1",
    kind: "List",
    items: [{ apiVersion: "v1", kind: "Node", metadata: { name: "a" } }],
  };
  for (const space of [0, 2, "\t"]) assertEquals(names(JSON.stringify(object, null, space)), ["Node a"]);
  assertEquals(names('{apiVersion: v1, kind: Node, metadata: {name: "flow"}}'), ["Node flow"]);
});

Deno.test("manifests: values as the API server's YAML has them", () => {
  const [object] = parseManifests(
    `${web}spec:\n  a: yes\n  b: Off\n  c: "on"\n  d: 64512:10\n  e: 2024-01-01\n  f: 010.1\n  g: y\n  h: ~\n` +
      "  i: &x {j: 1}\n  k:\n    <<: *x\n    l: 2\n",
    "a",
  );
  assertEquals(object?.["spec"], {
    ...{ a: true, b: false, c: "on", d: "64512:10", e: "2024-01-01", f: 10.1, g: true },
    ...{ i: { j: 1 }, k: { j: 1, l: 2 } },
  });
});

/** A text, and the whole message. */
const wrong: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    "no YAML",
    `${web}---\na: [1\nb: 2\n`,
    "a.yaml:6: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ],
  ["a key twice", "a: 1\na: 2\n", "a.yaml:2: Map keys must be unique"],
  ["tabs", "a:\n\tb: 1\n", "a.yaml:2: Tabs are not allowed as indentation"],
  ["text", "hello\n", 'a.yaml:1: an object must be a mapping, not "hello"'],
  ["a list", "- a\n", "a.yaml:1: an object must be a mapping, not a list"],
  ["no kind", `${web}---\n\nname: x\n`, "a.yaml:6: an object must have apiVersion, as text"],
  ["no name", "apiVersion: v1\nkind: Service\n", "a.yaml:1: Service: metadata.name is missing"],
  [
    "an item of a list",
    "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Node, metadata: {name: a}}\n- nothing\n",
    'a.yaml:5: an object must be a mapping, not "nothing"',
  ],
  ["JSON", '{\n  "apiVersion": "v1"\n  "kind": "Node"\n}\n', "a.yaml:3: "],
  [
    "JSON that is no manifest",
    '{"kind": "List", "apiVersion": "v1", "items": [\n{"apiVersion": "v1",\n"kind": "Service"}]}',
    "a.yaml:2: Service: metadata.name is missing",
  ],
];

Deno.test("manifests: what can't be read is named with file, line and reason", async (test) => {
  for (const [name, text, message] of wrong) {
    await test.step(name, () => {
      const said = assertThrows(() => parseManifests(text, "a.yaml"), InputError).message;
      assertEquals(message.endsWith(": ") ? said.slice(0, message.length) : said, message);
    });
  }
});

Deno.test("manifests: aliases that would grow without bounds are refused", () => {
  const levels = Array.from(
    { length: 9 },
    (_, index) => `l${index + 1}: &l${index + 1} [${Array(9).fill(`*l${index}`).join(", ")}]`,
  );
  const error = assertThrows(
    () => parseManifests(`${web}l0: &l0 [x]\n${levels.join("\n")}\n`, "bomb.yaml"),
    InputError,
  );
  assertEquals(error.message.startsWith("bomb.yaml:1: "), true);
});
