/** The file with the interfaces that are left alone. */
import { assertEquals, assertRejects } from "@std/assert";
import { ExcludeListError, readExcludeList } from "../../../speaker/io/excludelist.ts";

async function withFile<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile({ prefix: "pewter-excludelist-" });
  try {
    await Deno.writeTextFile(path, text);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

const accepted: readonly (readonly [text: string, expressions: readonly string[]])[] = [
  ['announcedInterfacesToExclude: ["^docker.*", "^lo$"]\n', ["^docker.*", "^lo$"]],
  ["announcedInterfacesToExclude:\n  - ^cbr.*\n  # a comment\n  - '^veth.*'\n", ["^cbr.*", "^veth.*"]],
  ["announcedInterfacesToExclude: []\n", []],
  ["announcedInterfacesToExclude:\n", []],
  ["somethingElse: true\n", []],
  ["", []],
];

for (const [text, expressions] of accepted) {
  Deno.test(`exclude list: ${JSON.stringify(text)}`, async () => {
    assertEquals(await withFile(text, readExcludeList), expressions);
  });
}

const refused: readonly (readonly [text: string, says: string])[] = [
  ["announcedInterfacesToExclude: eth0\n", "announcedInterfacesToExclude is not a list"],
  ["announcedInterfacesToExclude: [1]\n", "announcedInterfacesToExclude is not a list"],
  ["announcedInterfacesToExclude: [\n", "is not YAML"],
];

for (const [text, says] of refused) {
  Deno.test(`exclude list: ${JSON.stringify(text)} is refused`, async () => {
    await withFile(text, async (path) => {
      const error = await assertRejects(() => readExcludeList(path), ExcludeListError, says);
      assertEquals(error.message.includes(path), true);
    });
  });
}

Deno.test("exclude list: no file, nothing to leave alone", async () => {
  assertEquals(await readExcludeList("/nowhere/excludel2.yaml"), null);
});

Deno.test("exclude list: a file that can't be read is named", async () => {
  await assertRejects(() => readExcludeList("/"), ExcludeListError, "/ can't be read");
});
