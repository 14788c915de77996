/** One Deno, one version of ours, wherever they are named. */
import { assert, assertEquals } from "@std/assert";
import { version } from "../../../core/version.ts";

const root = decodeURIComponent(new URL("../../../", import.meta.url).pathname);

Deno.test("pins: every place names the same Deno", async () => {
  const deno = /^deno=(\S+)$/m.exec(await read(".ci/run"))?.[1];
  assert(deno !== undefined && /^\d+\.\d+\.\d+$/.test(deno), String(deno));
  for (const file of ["README.md", "CONTRIBUTING.md", "deploy/Dockerfile"]) {
    const named = [...(await read(file)).matchAll(/deno@(\d+\.\d+\.\d+)/g)].map((match) => match[1]);
    assert(named.length > 0, `${file} names no Deno`);
    assertEquals([file, ...new Set(named)], [file, deno]);
  }
});

Deno.test("pins: images and changelog have the version of the programs", async () => {
  for (const file of ["deploy/manifests/30-controller.yaml", "deploy/manifests/40-speaker.yaml"]) {
    assertEquals(/image: \S+:v(\S+)/.exec(await read(file))?.[1], version, file);
  }
  assert((await read("CHANGELOG.md")).includes(`## [${version}]`), "CHANGELOG.md");
});

Deno.test("pins: packages are named with exact versions", async () => {
  const { imports } = JSON.parse(await read("deno.json"));
  const npm = Object.values<string>(imports).filter((target) => target.startsWith("npm:"));
  assert(npm.length > 0);
  assertEquals(npm.filter((target) => !/@\d+\.\d+\.\d+$/.test(target)), []);
});

function read(path: string): Promise<string> {
  return Deno.readTextFile(root + path);
}
