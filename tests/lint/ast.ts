/** Small questions about a module's syntax tree. */

/** Deno's own union forgets the last two. */
export type Node = Deno.lint.Node | Deno.lint.AccessorProperty | Deno.lint.TSParameterProperty;

/** The node around this one; undefined for the whole program. */
export function parentOf(node: Node): Node | undefined {
  // The program has a parent when it runs, other than its type says: null.
  return "parent" in node ? (node.parent as Node | null) ?? undefined : undefined;
}

/** Whether both are the same piece of the source. */
export function same(a: Node | null | undefined, b: Node): boolean {
  return a !== null && a !== undefined && a.type === b.type && a.range[0] === b.range[0] &&
    a.range[1] === b.range[1];
}

/** The text of a string literal, or of a template without expressions; null for anything else. */
export function constantText(node: Node): string | null {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node.type !== "TemplateLiteral" || node.expressions.length > 0) return null;
  return node.quasis.map((part) => part.cooked).join("");
}

/** The property's name as in `a.name`, `a["name"]` or `{ name }`; null when it is computed. */
export function propertyName(key: Node, computed: boolean): string | null {
  if (!computed && key.type === "Identifier") return key.name;
  return constantText(key);
}

const wrappers = [
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "ChainExpression",
];

/** The node, or the outermost of the type assertions that only wrap it. */
export function unwrapped(node: Node): Node {
  const parent = parentOf(node);
  const wraps = parent !== undefined && wrappers.includes(parent.type) && "expression" in parent &&
    same(parent.expression as Node, node);
  return wraps ? unwrapped(parent) : node;
}

const valueHolders = [...wrappers, "TSInstantiationExpression", "TSParameterProperty", "TSExportAssignment"];

/** Whether it stands where only types are meant: nothing there is ever executed. */
export function inTypePosition(node: Node): boolean {
  for (let at = parentOf(node); at !== undefined; at = parentOf(at)) {
    if (!at.type.startsWith("TS")) continue;
    if (valueHolders.includes(at.type) || /^TS(Enum|Module)/.test(at.type)) continue;
    return true;
  }
  return false;
}

/** Whether an identifier names a value, instead of a property, a label or something imported. */
export function isReference(node: Deno.lint.Identifier): boolean {
  const parent = parentOf(node);
  if (parent === undefined) return false;
  switch (parent.type) {
    case "MemberExpression":
      return parent.computed || !same(parent.property, node);
    case "Property":
      // Of `{ fetch }` the key and the value are the same piece of text; one of them is enough.
      return !same(parent.key, node) || parent.computed || parent.shorthand;
    case "MethodDefinition":
    case "PropertyDefinition":
    case "AccessorProperty":
      return !same(parent.key, node) || parent.computed;
    case "TSEnumMember":
    case "VariableDeclarator":
      return !same(parent.id, node);
    case "LabeledStatement":
      return !same(parent.label, node);
    case "BreakStatement":
    case "ContinueStatement":
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
    case "ImportAttribute":
    case "ExportSpecifier":
    case "ExportAllDeclaration":
    case "MetaProperty":
      return false;
    default:
      return true;
  }
}
