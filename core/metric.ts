/**
 * What a process measures is data: each part lists its metrics in a catalogue with name, type, labels and help, and the
 * reference in docs/ is made from there. How they are kept and written out is the business of `kube/metricregistry.ts`.
 */

export type MetricType = "counter" | "gauge" | "histogram";

/** One metric. Its name ends in its unit, as Prometheus wants it; MetalLB's names are MetalLB's. */
export interface MetricSpec<Label extends string = string> {
  readonly name: string;
  readonly type: MetricType;
  /** One sentence without a full stop. */
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds, ascending; for histograms. */
  readonly buckets?: readonly number[];
}

/** One series at one moment. */
export interface Sample<Label extends string = string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

/** All series of one metric at one moment; one that isn't there any more is left out, and so is gone. */
export interface Reading {
  readonly spec: MetricSpec;
  readonly samples: readonly Sample[];
}

/** All series of a metric, where the compiler holds the labels against the catalogue. */
export function reading<Label extends string>(
  spec: MetricSpec<Label>,
  samples: readonly Sample<Label>[],
): Reading {
  return { spec, samples };
}

/** The one series of a metric without labels. */
export function single(spec: MetricSpec<never>, value: number): Reading {
  return { spec, samples: [{ labels: {}, value }] };
}

/** For durations in seconds, from a decision of one Service to a write that waits for a slow API server. */
const latencyBuckets: readonly number[] = [
  ...[0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];

type Definition = readonly [type: MetricType, help: string, ...labels: string[]];
type Catalogue<D extends Record<string, Definition>> = {
  readonly [Name in keyof D]: D[Name] extends readonly [MetricType, string, ...infer Labels extends string[]]
    ? MetricSpec<Labels[number]>
    : never;
};

/** Turns `{ name: [type, help, ...labels] }` into a catalogue whose entries know their names and labels. */
export function metricCatalogue<const D extends Record<string, Definition>>(definitions: D): Catalogue<D> {
  const entries = Object.entries(definitions).map(([name, [type, help, ...labels]]) => {
    const spec: MetricSpec = { name, type, help, labels };
    return [name, type === "histogram" ? { ...spec, buckets: latencyBuckets } : spec] as const;
  });
  return Object.fromEntries(entries) as unknown as Catalogue<D>;
}
