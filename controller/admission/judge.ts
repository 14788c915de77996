/**
 * The verdict on one object: refused for what it would break, warned of for what it would not do. An error that was
 * there before the change never refuses it, so that an old fault, of this object or another, blocks nobody.
 */
import type { Meta } from "../../core/meta.ts";
import type { Problem } from "../../core/problem.ts";
import { quote } from "../../crds/values.ts";
import { type Configuration, configurationProblems, withObject, withoutObject } from "./configuration.ts";
import { isOf, newErrors } from "./difference.ts";
import type { AdmissionRequest, Verdict } from "./review.ts";
import type { Subject } from "./subject.ts";
import { warningsOf } from "./warnings.ts";

/** What is known beside the request. */
export interface Known {
  /** The installation's namespace, where alone configuration counts. */
  readonly namespace: string;
  /** null: the API server didn't tell. */
  readonly configuration: Configuration | null;
  readonly nodesRead: boolean;
}

export type Judgement =
  | { readonly type: "verdict"; readonly verdict: Verdict }
  /** There is something to say that may depend on nodes, which were not read: ask again with them. */
  | { readonly type: "nodesNeeded" };

/** An object as it would be, and as it was; null when it is new. */
interface Write<T> {
  readonly before: T | null;
  readonly after: T;
}

export function judge<T extends Meta>(
  subject: Subject<T>,
  request: AdmissionRequest,
  known: Known,
): Judgement {
  const { operation, subresource, object, oldObject } = request;
  if (subresource !== "" || !subject.operations.some((one) => one === operation)) return allowed();
  if (operation === "DELETE") {
    return oldObject === null ? allowed() : judgeDeletion(subject, subject.trim(oldObject), known);
  }
  // Removing finalizers is all that still happens to one that is being deleted.
  if (object === null || object.metadata.deletionTimestamp !== undefined) return allowed();
  const after = subject.trim(object);
  // The API server has given a new one its time already; of objects made in the same second the new one is the younger.
  const write = operation === "CREATE" || oldObject === null
    ? { before: null, after: { ...after, createdMs: 0 } }
    : { before: subject.trim(oldObject), after };
  if (after.namespace !== known.namespace) return judgeElsewhere(subject, write, known.namespace);
  if (known.configuration === null) {
    return judgeAlone(subject, write, [
      "it was not compared with the other objects, since they could not be read; the controller reports a conflict in " +
      "its ConfigurationState",
    ]);
  }
  return judgeTogether(subject, write, known.configuration, known.nodesRead);
}

function allowed(): Judgement {
  return { type: "verdict", verdict: { refusals: [], warnings: [] } };
}

function judgeDeletion<T extends Meta>(
  { deletion }: Subject<T>,
  object: T,
  { configuration }: Known,
): Judgement {
  if (deletion === undefined || configuration === null) return allowed();
  return { type: "verdict", verdict: { refusals: deletion(object, configuration), warnings: [] } };
}

/** Objects in another namespace have no effect. None can be created there; those that are there may be changed. */
function judgeElsewhere<T extends Meta>(subject: Subject<T>, write: Write<T>, namespace: string): Judgement {
  const problem = (severity: Problem["severity"], message: string): Problem => ({
    ...{ severity, kind: subject.kind, namespace: write.after.namespace, name: write.after.name },
    ...{ field: "metadata.namespace", message },
  });
  const effect = `in ${quote(write.after.namespace)} it would have no effect`;
  if (write.before === null) {
    const refusal = problem("error", `resource must be created in ${namespace} namespace; ${effect}`);
    return { type: "verdict", verdict: { refusals: [refusal], warnings: [] } };
  }
  return judgeAlone(subject, write, [], [
    problem("warning", `only objects in ${quote(namespace)} have an effect`),
  ]);
}

function judgeAlone<T extends Meta>(
  subject: Subject<T>,
  { before, after }: Write<T>,
  remarks: readonly string[],
  further: readonly Problem[] = [],
): Judgement {
  const problems = subject.own(after);
  const refusals = newErrors(before === null ? [] : subject.own(before), problems);
  const rest = problems.filter((problem) => !refusals.includes(problem));
  return {
    type: "verdict",
    verdict: {
      refusals: [...refusals, ...changeProblems(subject, before, after)],
      warnings: [...warningsOf([...rest, ...further]), ...remarks],
    },
  };
}

function judgeTogether<T extends Meta>(
  subject: Subject<T>,
  { before, after }: Write<T>,
  configuration: Configuration,
  nodesRead: boolean,
): Judgement {
  const objects = subject.list(configuration);
  const base = subject.replace(
    configuration,
    before === null ? withoutObject(objects, after) : withObject(objects, before),
  );
  const next = subject.replace(configuration, withObject(objects, after));
  const conflicts = newErrors(subject.conflicts(base), subject.conflicts(next));
  const refused = new Set(conflicts.map(textOf));
  const told = remarkable(subject, after, base, next).filter((problem) => !refused.has(textOf(problem)));
  const isSilent = conflicts.length === 0 && told.length === 0;
  if (!isSilent && !nodesRead && subject.nodesMatter?.(next) === true) return { type: "nodesNeeded" };
  const fieldAtFault = () => {
    const asYoungest = subject.replace(configuration, withObject(objects, { ...after, createdMs: 0 }));
    return newErrors(subject.conflicts(base), subject.conflicts(asYoungest))
      .find((problem) => isOf(problem, subject.kind, after))?.field ?? "spec";
  };
  return {
    type: "verdict",
    verdict: {
      refusals: [
        ...conflicts.map((problem) => attributed(problem, subject.kind, after, fieldAtFault)),
        ...changeProblems(subject, before, after),
      ],
      warnings: warningsOf(told),
    },
  };
}

/** All that is to say of the object, and the errors that it brings to others. */
function remarkable<T extends Meta>(
  { kind }: Subject<T>,
  after: T,
  base: Configuration,
  next: Configuration,
): readonly Problem[] {
  const problems = configurationProblems(next);
  const own = problems.filter((problem) => isOf(problem, kind, after));
  const brought = newErrors(configurationProblems(base), problems);
  return [...own, ...brought.filter((problem) => !isOf(problem, kind, after))];
}

/** A problem that the change brings to a younger object is one of the object that changes. */
function attributed(problem: Problem, kind: string, after: Meta, fieldAtFault: () => string): Problem {
  if (isOf(problem, kind, after)) return problem;
  return {
    ...{ severity: "error", kind, namespace: after.namespace, name: after.name, field: fieldAtFault() },
    message: `this would disable ${problem.kind} ${
      quote(problem.name)
    } in part (${problem.field}): ${problem.message}`,
  };
}

function changeProblems<T extends Meta>(
  { change }: Subject<T>,
  before: T | null,
  after: T,
): readonly Problem[] {
  return before === null ? [] : change?.(before, after) ?? [];
}

function textOf({ kind, namespace, name, field, message }: Problem): string {
  return JSON.stringify([kind, namespace, name, field, message]);
}
