/** SHA-256 against the examples of FIPS 180-4's companion document, and lengths around the ends of blocks. */
import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { Sha256 } from "../../../core/sha256.ts";

const examples: readonly (readonly [text: string, digest: string])[] = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
];

for (const [text, digest] of examples) {
  Deno.test(`sha-256 of ${JSON.stringify(text)}`, () => assertEquals(new Sha256().hex(text), digest));
}

Deno.test("sha-256 agrees with node:crypto for every length up to three blocks, in ASCII and beyond", () => {
  const sha = new Sha256();
  for (let length = 0; length <= 192; length++) {
    for (const char of ["x", "é"]) {
      const text = char.repeat(length);
      assertEquals(sha.hex(text), createHash("sha256").update(text).digest("hex"));
    }
  }
});
