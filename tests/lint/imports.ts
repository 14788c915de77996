/** The rule of layers: who may import whom, however it is written. */
import { importProblem, mayTouchWorld } from "./areas.ts";
import { constantText, type Node } from "./ast.ts";
import { relativePath } from "./root.ts";

/** Modules of Node that only turn values into values. */
const pureNodeModules = ["assert", "assert/strict", "buffer", "path", "path/posix", "util", "util/types"];

/** What may be taken from `node:crypto` without chance. */
const pureCrypto = ["createHash", "createHmac", "hash", "timingSafeEqual"];

/** Packages that only turn values into values. */
const purePackages = ["ipaddr.js", "yaml"];

/** Packages that only tests use. */
const testPackages = ["@std/assert", "fast-check"];

const barrels = ["mod.ts", "deps.ts", "index.ts"];

/** One `import` or `export … from`: what it names, and what it takes from there. */
interface Import {
  readonly specifier: string;
  /** Nothing of it is there when the program runs. */
  readonly typeOnly: boolean;
  /** null: everything, or something without a constant name. */
  readonly names: readonly (string | null)[] | null;
}

export const importsRule: Deno.lint.Rule = {
  create(context) {
    const path = relativePath(context.filename);
    const refuse = (node: Node, message: string) => context.report({ range: node.range, message });
    const check = (node: Node, what: Import) => {
      const problem = problemOf(path, what);
      if (problem !== null) refuse(node, problem);
    };
    return {
      Program(node) {
        const name = path.split("/").at(-1) ?? "";
        // The stand-in for a package of Deno's std has that package's shape.
        if (!barrels.includes(name) || path.startsWith("tests/std/")) return;
        refuse(node, `${name} is a barrel's name: import each file itself`);
      },
      ImportDeclaration: (node) => check(node.source, importOf(node)),
      ExportNamedDeclaration(node) {
        if (node.source === null) return;
        const names = node.specifiers.map((one) => nameOf(one.local));
        check(node.source, {
          specifier: node.source.value,
          typeOnly: node.exportKind === "type" || allTypes(node.specifiers.map((one) => one.exportKind)),
          names,
        });
      },
      ExportAllDeclaration(node) {
        check(node.source, {
          specifier: node.source.value,
          typeOnly: node.exportKind === "type",
          names: null,
        });
        if (!path.startsWith("tests/std/")) {
          refuse(node, "export * makes a barrel: import each file itself");
        }
      },
      ImportExpression(node) {
        const specifier = constantText(node.source);
        if (specifier !== null) check(node.source, { specifier, typeOnly: false, names: null });
        else if (!path.startsWith("tests/")) {
          refuse(node.source, "what is imported must be a constant text, so that the layers can be checked");
        }
      },
      TSImportType(node) {
        const specifier = constantText(
          node.argument.type === "TSLiteralType" ? node.argument.literal : node.argument,
        );
        if (specifier !== null) check(node.argument, { specifier, typeOnly: true, names: [] });
      },
      TSImportEqualsDeclaration(node) {
        refuse(node, "write import … from instead of import … = require(…)");
      },
    };
  },
};

function importOf(node: Deno.lint.ImportDeclaration): Import {
  const kinds = node.specifiers.map((one) => one.type === "ImportSpecifier" ? one.importKind : "value");
  const names = node.specifiers.map((one) => one.type === "ImportSpecifier" ? nameOf(one.imported) : null);
  return {
    specifier: node.source.value,
    typeOnly: node.importKind === "type" || allTypes(kinds),
    names,
  };
}

function allTypes(kinds: readonly string[]): boolean {
  return kinds.length > 0 && kinds.every((kind) => kind === "type");
}

function nameOf(node: Node): string | null {
  return node.type === "Identifier" ? node.name : constantText(node);
}

/** Why a file may not import this, or null when it may. */
function problemOf(path: string, what: Import): string | null {
  const { specifier } = what;
  if (/^\.{1,2}\//.test(specifier)) {
    const target = relativePath(new URL(specifier, new URL(path, "file:///")).pathname.slice(1));
    return importProblem(path, target);
  }
  if (specifier.startsWith("node:")) return what.typeOnly ? null : nodeProblem(path, what);
  if (/^[a-z]+:|^\//i.test(specifier)) {
    return `${JSON.stringify(specifier)}: packages are pinned in deno.json and imported by their short names`;
  }
  return packageProblem(path, what);
}

function nodeProblem(path: string, { specifier, names }: Import): string | null {
  const module = specifier.slice("node:".length);
  if (mayTouchWorld(path) || pureNodeModules.includes(module)) return null;
  if (
    module === "crypto" && names !== null && names.every((name) => name !== null && pureCrypto.includes(name))
  ) return null;
  return `${specifier} touches the world, which only io/, kube/, ffi/, tests/ and main.ts files may`;
}

function packageProblem(path: string, { specifier, typeOnly }: Import): string | null {
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  if (path.startsWith("tests/")) return null;
  if (testPackages.includes(name)) return `${name} is for tests only`;
  if (typeOnly || mayTouchWorld(path) || purePackages.includes(name)) return null;
  return `${name} is not known to be free of effects; only io/, kube/, ffi/, tests/ and main.ts files may use it`;
}
