/** The rule of purity: clocks, chance, files, sockets and threads are reached from a few places only. */
import { mayTouchWorld } from "./areas.ts";
import { inTypePosition, isReference, type Node, parentOf, propertyName, same, unwrapped } from "./ast.ts";
import { relativePath } from "./root.ts";
import { isDeclared } from "./scope.ts";

/** Other names of the global object. */
const globalObjects = ["globalThis", "window", "self", "global"];

/** Globals, and members of globals, that touch the world. */
const effects = [
  ...[
    "Deno",
    "fetch",
    "setTimeout",
    "setInterval",
    "setImmediate",
    "console",
    "process",
    "navigator",
    "eval",
  ],
  ...["Worker", "WebSocket", "WebSocketStream", "EventSource", "BroadcastChannel", "XMLHttpRequest"],
  ...["localStorage", "sessionStorage", "caches", "performance", "alert", "confirm", "prompt", "postMessage"],
  ...["require", "Math.random", "Date.now", "Temporal.Now", "AbortSignal.timeout", "Atomics.wait"],
  ...["crypto.randomUUID", "crypto.getRandomValues", "crypto.subtle.generateKey"],
];

/** Globals of which only some members touch the world: under another name these members couldn't be seen. */
const mixed = [...new Set(effects.filter((path) => path.includes(".")).map((path) => path.split(".")[0]))];

const hint = "take it as an argument, or behind a port such as core/clock.ts";

export const worldRule: Deno.lint.Rule = {
  create(context) {
    if (mayTouchWorld(relativePath(context.filename))) return {};
    const seen = new Set<number>();
    return {
      Identifier(node) {
        const found = effectAt(node);
        if (found === null || seen.has(node.range[0])) return;
        seen.add(node.range[0]);
        context.report({
          node,
          message: `${found} touches the world, which only io/, kube/, ffi/, tests/ and main.ts files may`,
          hint,
        });
      },
    };
  },
};

/** The effect that the expression which begins with this identifier reaches, or null. */
function effectAt(node: Deno.lint.Identifier): string | null {
  const isGlobalObject = globalObjects.includes(node.name);
  const isRoot = effects.some((path) => path.split(".")[0] === node.name) || node.name === "Date";
  if (!(isGlobalObject || isRoot) || !isReference(node) || isDeclared(node.name, node)) return null;
  // Types do nothing, but one of Deno's says that the code knows what it runs on.
  if (inTypePosition(node)) return node.name === "Deno" ? "Deno" : null;

  const { path, top } = memberPath(node);
  if (path.length === 0) return wholeObject(top, node.name);
  return reached(path) ?? (path.length === 1 ? loneGlobal(top, path[0] ?? "") : null);
}

/** The static path from a global, as in `Math.random`, without the global object itself, and the node of all of it. */
function memberPath(node: Deno.lint.Identifier): { readonly path: string[]; readonly top: Node } {
  const path = globalObjects.includes(node.name) ? [] : [node.name];
  let top = unwrapped(node);
  for (;;) {
    const parent = parentOf(top);
    if (parent?.type !== "MemberExpression" || !same(parent.object, top)) return { path, top };
    const name = propertyName(parent.property, parent.computed);
    if (name === null) return { path, top };
    if (path.length > 0 || !globalObjects.includes(name)) path.push(name);
    top = unwrapped(parent);
  }
}

function reached(path: readonly string[]): string | null {
  const text = path.join(".");
  return effects.find((effect) => text === effect || text.startsWith(`${effect}.`)) ?? null;
}

/** The global object without a static member: what is done with it can't be seen, unless it is taken apart here. */
function wholeObject(top: Node, name: string): string | null {
  const keys = takenApart(top);
  if (keys === null) return name;
  for (const key of keys) {
    const found = key === null ? name : reached([key]);
    if (found !== null) return found;
  }
  return null;
}

/** A global of which some members are effects, used by itself. */
function loneGlobal(top: Node, name: string): string | null {
  const parent = parentOf(top);
  if (name === "Date" && parent !== undefined) {
    if (parent.type === "NewExpression" && same(parent.callee, top) && parent.arguments.length === 0) {
      return "new Date() without arguments";
    }
    if (parent.type === "CallExpression" && same(parent.callee, top)) return "Date()";
  }
  if (!mixed.includes(name) || parent === undefined) return null;
  for (const key of takenApart(top) ?? []) {
    const found = key === null ? name : reached([name, key]);
    if (found !== null) return found;
  }
  const renamed =
    (parent.type === "VariableDeclarator" && same(parent.init, top) && takenApart(top) === null) ||
    (parent.type === "AssignmentExpression" && same(parent.right, top) && takenApart(top) === null);
  const computed = parent.type === "MemberExpression" && same(parent.object, top);
  return renamed || computed ? `${name} under another name or with a computed member` : null;
}

/** The keys of `const { a, b } = value`, null for one that can't be known; null when it isn't that. */
function takenApart(value: Node): (string | null)[] | null {
  const parent = parentOf(value);
  const pattern = parent?.type === "VariableDeclarator" && same(parent.init, value)
    ? parent.id
    : parent?.type === "AssignmentExpression" && same(parent.right, value)
    ? parent.left
    : null;
  if (pattern === null || pattern.type !== "ObjectPattern") return null;
  return pattern.properties.map((one) =>
    one.type === "Property" ? propertyName(one.key, one.computed) : null
  );
}
