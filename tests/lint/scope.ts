/** Whether a name is declared around a place in a module, so that it isn't the global of that name. */
import { type Node, parentOf } from "./ast.ts";

/** Whether `name`, used at `node`, is declared by the module itself. A `var` counts for its block only. */
export function isDeclared(name: string, node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = parentOf(at)) {
    if (boundBy(at).includes(name)) return true;
  }
  return false;
}

/** The names that a node declares for everything inside of it. */
function boundBy(node: Node): string[] {
  switch (node.type) {
    case "Program":
    case "BlockStatement":
    case "TSModuleBlock":
      return node.body.flatMap(declaredBy);
    case "SwitchStatement":
      return node.cases.flatMap((one) => one.consequent.flatMap(declaredBy));
    case "ForStatement":
      return node.init === null ? [] : declaredBy(node.init);
    case "ForInStatement":
    case "ForOfStatement":
      return declaredBy(node.left);
    case "CatchClause":
      return node.param === null ? [] : namesIn(node.param);
    case "FunctionDeclaration":
    case "FunctionExpression":
      return [...(node.id === null ? [] : [node.id.name]), ...node.params.flatMap(namesIn)];
    case "ArrowFunctionExpression":
      return node.params.flatMap(namesIn);
    case "ClassExpression":
      return node.id === null ? [] : [node.id.name];
    default:
      return [];
  }
}

/** The names that a statement declares for the block in which it stands. `declare` promises, it doesn't make. */
function declaredBy(node: Node): string[] {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declare ? [] : node.declarations.flatMap((one) => namesIn(one.id));
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return node.id === null || node.declare ? [] : [node.id.name];
    case "TSEnumDeclaration":
      return node.declare ? [] : [node.id.name];
    case "ImportDeclaration":
      return node.specifiers.map((one) => one.local.name);
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
      return node.declaration === null ? [] : declaredBy(node.declaration);
    default:
      return [];
  }
}

/** The names in a parameter or in a pattern. */
function namesIn(node: Node): string[] {
  switch (node.type) {
    case "Identifier":
      return [node.name];
    case "ObjectPattern":
      return node.properties.flatMap((one) => namesIn(one.type === "Property" ? one.value : one));
    case "ArrayPattern":
      return node.elements.flatMap((one) => one === null ? [] : namesIn(one));
    case "AssignmentPattern":
      return namesIn(node.left);
    case "RestElement":
      return namesIn(node.argument);
    case "TSParameterProperty":
      return namesIn(node.parameter);
    default:
      return [];
  }
}
