/** What admission has to know of a kind in order to judge its objects; the rules themselves stand in crds/. */
import type { Meta } from "../../core/meta.ts";
import type { Problem } from "../../core/problem.ts";
import type { RawObject } from "../../crds/rawobject.ts";
import type { Configuration } from "./configuration.ts";

export type Operation = "CREATE" | "UPDATE" | "DELETE";

export interface Subject<T extends Meta> {
  readonly kind: string;
  /** Those that are asked about; the others are allowed. */
  readonly operations: readonly Operation[];
  readonly trim: (raw: RawObject) => T;
  /** What is wrong with an object by itself. */
  readonly own: (object: T) => readonly Problem[];
  /** The objects of this kind, and the configuration with others in their place. */
  readonly list: (configuration: Configuration) => readonly T[];
  readonly replace: (configuration: Configuration, objects: readonly T[]) => Configuration;
  /**
   * What is wrong with the objects of this kind together; an error that comes with a change refuses it. What they refer
   * to may be created later, so nothing of that is an error here.
   */
  readonly conflicts: (configuration: Configuration) => readonly Problem[];
  /** What is wrong with changing one into the other. */
  readonly change?: (before: T, after: T) => readonly Problem[];
  /** Why an object must not be deleted. */
  readonly deletion?: (object: T, configuration: Configuration) => readonly Problem[];
  /** Whether the nodes on which two objects meet make a difference; it costs a list of all nodes. */
  readonly nodesMatter?: (configuration: Configuration) => boolean;
  /** Whether the object selects namespaces. */
  readonly selectsNamespaces?: (object: T) => boolean;
  /** The Secret that the object refers to, by name. */
  readonly secretOf?: (object: T) => string | null;
}
