/** The schema of `status.conditions`; see Kubernetes `metav1.Condition`. */
import { integer, list, mapping, type Schema, text } from "./schema.ts";

export function conditionsSchema(description: string): Schema {
  return list(
    description,
    mapping("One thing that is true, false or unknown.", {
      type: text("What this is about, as one word.", { maxLength: 316, pattern: "^[A-Za-z0-9._/-]+$" }),
      status: text("Whether it is so.", { enum: ["True", "False", "Unknown"] }),
      observedGeneration: integer("The generation of the object that this is about.", {
        format: "int64",
        minimum: 0,
      }),
      lastTransitionTime: text("Since when it is so.", { format: "date-time" }),
      reason: text("Why, as one word.", {
        minLength: 1,
        maxLength: 1024,
        pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
      }),
      message: text("Why, for people.", { maxLength: 32768 }),
    }, { required: ["type", "status", "lastTransitionTime", "reason", "message"] }),
    { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] },
  );
}
