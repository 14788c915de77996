/** Which part of the repository a file belongs to, and what each part may import. See design.md, "The shape". */

/** Paths are relative to the repository's root, with slashes. */
interface Area {
  readonly name: string;
  readonly holds: (path: string) => boolean;
  /** Names of areas; its own is always among them. */
  readonly imports: readonly string[];
  /** Whether its files may touch the world: files, sockets, clocks, chance. */
  readonly world: boolean;
}

const folder = (name: string) => (path: string): boolean => path.startsWith(`${name}/`);
const folderIo = (name: string) => (path: string): boolean =>
  path.startsWith(`${name}/`) && path.includes("/io/");
const file = (name: string) => (path: string): boolean => path === name;

const controller = ["core", "crds", "controller"];
const controllerIo = [...controller, "kube", "controller/io"];
const speaker = ["core", "crds", "speaker"];
const speakerIo = [...speaker, "kube", "ffi", "speaker/io"];

/** The first that holds a path is its area. */
export const areas: readonly Area[] = [
  { name: "core", holds: folder("core"), imports: ["core"], world: false },
  {
    name: "crds/main.ts",
    holds: file("crds/main.ts"),
    imports: ["core", "crds", "crds/main.ts"],
    world: true,
  },
  { name: "crds", holds: folder("crds"), imports: ["core", "crds"], world: false },
  { name: "kube", holds: folder("kube"), imports: ["core", "kube"], world: true },
  { name: "ffi", holds: folder("ffi"), imports: ["core", "ffi"], world: true },
  { name: "controller/io", holds: folderIo("controller"), imports: controllerIo, world: true },
  {
    name: "controller/main.ts",
    holds: file("controller/main.ts"),
    imports: [...controllerIo, "controller/main.ts"],
    world: true,
  },
  { name: "controller", holds: folder("controller"), imports: controller, world: false },
  { name: "speaker/io", holds: folderIo("speaker"), imports: speakerIo, world: true },
  {
    name: "speaker/main.ts",
    holds: file("speaker/main.ts"),
    imports: [...speaker, "kube", "speaker/io", "speaker/main.ts"],
    world: true,
  },
  { name: "speaker", holds: folder("speaker"), imports: speaker, world: false },
  {
    name: "main.ts",
    holds: file("main.ts"),
    imports: [
      ...["core", "crds", "kube", "controller", "controller/io", "controller/main.ts"],
      ...["speaker", "speaker/io", "speaker/main.ts", "tests"],
    ],
    world: true,
  },
  { name: "deploy/main.ts", holds: file("deploy/main.ts"), imports: [], world: true },
  { name: "deploy/io", holds: folder("deploy/io"), imports: [], world: true },
  { name: "deploy", holds: folder("deploy"), imports: [], world: false },
  { name: "tests", holds: folder("tests"), imports: [], world: true },
];

/** What tests and the build may import: everything. They are no part of any program but the demo. */
const unbound: readonly string[] = ["tests", "deploy", "deploy/io", "deploy/main.ts"];

/** The area of a file; null when the design knows no such place. */
export function areaOf(path: string): Area | null {
  return areas.find((area) => area.holds(path)) ?? null;
}

/** Why a file of one place may not import one of another, or null when it may. */
export function importProblem(fromPath: string, toPath: string): string | null {
  const [from, to] = [areaOf(fromPath), areaOf(toPath)];
  if (from === null) return `design.md knows no place for ${fromPath}`;
  if (unbound.includes(from.name)) return null;
  if (to === null) return `design.md knows no place for ${toPath}`;
  if (from.imports.includes(to.name)) return null;
  return `${from.name} must not import ${to.name}; it may import ${from.imports.join(", ")}`;
}

/** Whether a file may touch the world. A place that the design doesn't know may not. */
export function mayTouchWorld(path: string): boolean {
  return areaOf(path)?.world ?? false;
}
