/** Server-side printing: the columns that `kubectl get` shows. See Kubernetes "Receiving resources as Tables". */
import { ageOf } from "./ages.ts";
import { age, type Column, type Columns } from "./columns.ts";
import { CORE_COLUMNS } from "./columns_core.ts";
import { OTHER_COLUMNS } from "./columns_other.ts";
import type { ApiObject, JsonObject } from "./json.ts";
import { evaluate, parsePath } from "./jsonpath.ts";
import type { KindInfo, PrinterColumn } from "./kinds.ts";

/** A cell of a custom column: like kubectl, nothing for what isn't there. */
function customCell(column: PrinterColumn, object: ApiObject, now: Date): unknown {
  const path = parsePath(column.jsonPath);
  const values = path === undefined ? [] : evaluate(object, path);
  if (values.length === 0) return null;
  switch (column.type) {
    case "date":
      return ageOf(values[0], now);
    case "integer":
    case "number":
      return typeof values[0] === "number" ? values[0] : null;
    case "boolean":
      return typeof values[0] === "boolean" ? values[0] : null;
    default:
      return values.map((value) => typeof value === "string" ? value : JSON.stringify(value)).join(",");
  }
}

function columnsOf(info: KindInfo): Columns {
  if (info.custom === undefined) return CORE_COLUMNS[info.storage] ?? OTHER_COLUMNS[info.storage] ?? [age];
  if (info.custom.columns.length === 0) return [age];
  return info.custom.columns.map((column): Column => ({
    name: column.name,
    type: column.type as Column["type"],
    priority: (column.priority ?? 0) > 0 ? 1 : 0,
    cell: (object, now) => customCell(column, object, now),
  }));
}

/** Events have no Name in front; it is their last wide column. */
function isNamed(info: KindInfo): boolean {
  return info.storage !== "/events";
}

/** `metav1.TableColumnDefinition`s of a kind. */
export function columnDefinitions(info: KindInfo): JsonObject[] {
  const name = { name: "Name", type: "string", format: "name", description: "", priority: 0 };
  const columns = columnsOf(info).map(({ name, type, priority }) => ({
    name,
    type: type === "date" && info.custom === undefined ? "string" : type,
    format: name === "Name" ? "name" : "",
    description: "",
    priority,
  }));
  return isNamed(info) ? [name, ...columns] : columns;
}

/** The cells of an object. */
export function rowOf(info: KindInfo, object: ApiObject, now: Date): unknown[] {
  const cells = columnsOf(info).map((column) => column.cell(object, now) ?? null);
  return isNamed(info) ? [object.metadata.name, ...cells] : cells;
}
