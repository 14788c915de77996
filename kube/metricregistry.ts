/** Keeps metrics and writes them out in Prometheus' text format, with prom-client. */
import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { MetricSpec, Reading } from "../core/metric.ts";

/** Counts up. */
export interface CounterMetric<Label extends string> {
  add(labels: Readonly<Record<Label, string>>, by?: number): void;
}

/** Takes durations in seconds. */
export interface HistogramMetric<Label extends string> {
  observe(labels: Readonly<Record<Label, string>>, seconds: number): void;
}

/** What prom-client is needed for here. Its index would load Node's cluster, HTTP and V8 modules too: 5 MiB. */
interface Library {
  readonly Registry: typeof Registry;
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
}

/** A metric with more series than these is followed by a pause. */
const manySeries = 500;

type Source = () => readonly Reading[] | Promise<readonly Reading[]>;

/** Loaded only in a process that shows metrics. */
export async function openMetricRegistry(): Promise<MetricRegistry> {
  return new MetricRegistry(await loadLibrary());
}

async function loadLibrary(): Promise<Library> {
  const [registry, counter, gauge, histogram] = await Promise.all([
    import("prom-client/lib/registry.js"),
    import("prom-client/lib/counter.js"),
    import("prom-client/lib/gauge.js"),
    import("prom-client/lib/histogram.js"),
  ]);
  return {
    Registry: registry.default,
    Counter: counter.default,
    Gauge: gauge.default,
    Histogram: histogram.default,
  };
}

export class MetricRegistry {
  readonly #library: Library;
  readonly #registry: Registry;
  readonly #collected = new Map<MetricSpec, Gauge | Counter>();
  /** All, in the order in which they are written. */
  readonly #specs: MetricSpec[] = [];
  readonly #sources: Source[] = [];
  #making: Promise<string> | null = null;

  constructor(library: Library) {
    this.#library = library;
    this.#registry = new library.Registry();
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  counter<Label extends string>(spec: MetricSpec<Label>): CounterMetric<Label> {
    const counter = new this.#library.Counter(this.#configOf(spec));
    return { add: (labels, by = 1) => counter.inc({ ...labels }, by) };
  }

  histogram<Label extends string>(spec: MetricSpec<Label>): HistogramMetric<Label> {
    const buckets = [...spec.buckets ?? []];
    const histogram = new this.#library.Histogram({ ...this.#configOf(spec), buckets });
    return { observe: (labels, seconds) => histogram.observe({ ...labels }, seconds) };
  }

  /** Metrics whose series are asked for whenever somebody looks: what `source` no longer names is gone. */
  collect(specs: readonly MetricSpec[], source: Source): void {
    for (const spec of specs) {
      const config = this.#configOf(spec);
      const { Counter, Gauge } = this.#library;
      this.#collected.set(spec, spec.type === "counter" ? new Counter(config) : new Gauge(config));
    }
    this.#sources.push(source);
  }

  /** All of them in Prometheus' text format, version 0.0.4. Who asks while it is being made gets the same one. */
  text(): Promise<string> {
    this.#making ??= this.#make().finally(() => this.#making = null);
    return this.#making;
  }

  async #make(): Promise<string> {
    const readings = new Map<MetricSpec, Reading["samples"]>();
    for (const { spec, samples } of (await Promise.all(this.#sources.map((source) => source()))).flat()) {
      readings.set(spec, samples);
    }
    const parts: string[] = [];
    for (const spec of this.#specs) {
      const samples = readings.get(spec) ?? [];
      parts.push(await this.#textOf(spec, samples));
      // Ten thousand series take a tenth of a second: others get their turn between two metrics.
      if (samples.length > manySeries) await pause();
    }
    return `${parts.join("\n\n")}\n`;
  }

  /** Those that are collected are filled for this text only. */
  async #textOf(spec: MetricSpec, samples: Reading["samples"]): Promise<string> {
    const metric = this.#collected.get(spec);
    if (metric === undefined) return await this.#registry.getSingleMetricAsString(spec.name);
    clear(metric);
    for (const { labels, value } of samples) metric.inc({ ...labels }, value);
    const text = await this.#registry.getSingleMetricAsString(spec.name);
    clear(metric);
    return text;
  }

  /** Registers the name; each can be had once. */
  #configOf(spec: MetricSpec) {
    const { name, help, labels } = spec;
    this.#specs.push(spec);
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

/** Takes all series away; `reset` alone would leave one of 0 where there are no labels. */
function clear(metric: Gauge | Counter): void {
  metric.reset();
  metric.remove({});
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
