/** The schema of label selectors; the same rules as `core/selector.ts`. */
import { list, mapping, type Schema, set, text, withRules } from "./schema.ts";

/**
 * The API server refuses a rule whose worst case it finds too expensive, so every list below a rule needs a bound.
 * These are far beyond what anybody writes.
 */
const maxSelectors = 256;
const maxExpressions = 64;
const maxValues = 1024;

const labelName = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";
const dnsLabel = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";

const labelKey = `^(${dnsLabel}([.]${dnsLabel})*/)?${labelName}$`;

const labelValue = text("A label value: empty, or up to 63 letters, digits, dashes, dots and underscores.", {
  maxLength: 63,
  pattern: `^(${labelName})?$`,
});

/** In v1beta1 of BGPPeer every condition must have values. */
interface SelectorOptions {
  readonly valuesRequired?: boolean;
}

const expression = ({ valuesRequired = false }: SelectorOptions): Schema =>
  withRules(
    mapping("One condition on the labels.", {
      key: text("The label's key.", {
        maxLength: 317,
        pattern: `^(${dnsLabel}(\\.${dnsLabel})*/)?${labelName}$`,
      }),
      operator: text(
        "In: the label has one of the values. NotIn: it has none of them, or is absent. Exists: it is there. " +
          "DoesNotExist: it is absent.",
        { enum: ["In", "NotIn", "Exists", "DoesNotExist"] },
      ),
      values: set("The values for In and NotIn; none for Exists and DoesNotExist.", labelValue, {
        maxItems: maxValues,
        ...(valuesRequired ? { minItems: 1 } : {}),
      }),
    }, {
      required: ["key", "operator", ...(valuesRequired ? ["values"] : [])],
      "x-kubernetes-map-type": "atomic",
    }),
    {
      rule: "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
      message: "values must have at least one value for the operators In and NotIn",
      fieldPath: ".values",
    },
    {
      rule: "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
      message: "values must be empty for the operators Exists and DoesNotExist",
      fieldPath: ".values",
    },
  );

/** One label selector (Kubernetes `metav1.LabelSelector`). */
export function labelSelector(description: string, options: SelectorOptions = {}): Schema {
  return mapping(description, {
    matchLabels: {
      type: "object",
      description: "Labels that must all be there with exactly these values.",
      additionalProperties: labelValue,
      maxProperties: 64,
      "x-kubernetes-validations": [{
        rule: `self.all(key, size(key) <= 317 && key.matches('${labelKey}'))`,
        message: "matchLabels must have label keys such as app or example.com/tier",
      }],
    },
    matchExpressions: distinct(
      "matchExpressions",
      "Conditions that must all hold.",
      expression(options),
      maxExpressions,
    ),
  }, { "x-kubernetes-map-type": "atomic" });
}

/** A list of label selectors, of which one must fit; `field` is its name, for messages. */
export function labelSelectors(field: string, description: string, options: SelectorOptions = {}): Schema {
  const selector = labelSelector(
    "A label selector: all that it says must hold; an empty one fits everything.",
    options,
  );
  return distinct(field, description, selector, maxSelectors);
}

/**
 * A list of objects in which nothing stands twice. A list of type "set" would say so too, but server-side apply can't
 * merge sets of objects, and refuses every manifest that has one.
 */
function distinct(field: string, description: string, items: Schema, maxItems: number): Schema {
  return withRules(list(description, items, { maxItems, "x-kubernetes-list-type": "atomic" }), {
    rule: "self.all(one, self.exists_one(other, other == one))",
    message: `Duplicate: an item of ${field} is given twice`,
  });
}
