/** What the speaker's state says in numbers. */
import { type Reading, reading, single } from "../core/metric.ts";
import type { Fact } from "./dataplane.ts";
import type { Machine } from "./machine.ts";
import { speakerMetrics as metrics } from "./metriccatalogue.ts";

/** What the data plane has counted. */
export type Counted = Pick<Extract<Fact, { readonly type: "counters" }>, "vips" | "ignored">;

/** What {@link announcementReadings} gives. */
export const announcementMetrics = [
  metrics.metallb_speaker_announced,
  metrics.pewter_services_silent,
  metrics.pewter_speakers_live,
] as const;

/** What `node` announces and what not, and how many speakers there are. */
export function announcementReadings(
  node: string,
  { share, liveSpeakers }: Pick<Machine, "share" | "liveSpeakers">,
): readonly Reading[] {
  const announced = [...share.announced()].flatMap(([service, ips]) =>
    ips.map((ip) => ({ labels: { service, protocol: "layer2", node, ip }, value: 1 }))
  );
  const silent = [...share.silent()].map(([reason, value]) => ({ labels: { reason }, value }));
  return [
    reading(metrics.metallb_speaker_announced, announced),
    reading(metrics.pewter_services_silent, silent),
    ...liveSpeakers === null ? [] : [single(metrics.pewter_speakers_live, liveSpeakers)],
  ];
}

/** What {@link layer2Readings} gives. */
export const layer2Metrics = [
  metrics.metallb_layer2_requests_received,
  metrics.metallb_layer2_responses_sent,
  metrics.metallb_layer2_gratuitous_sent,
  metrics.pewter_layer2_frames_ignored_total,
] as const;

export function layer2Readings({ vips, ignored }: Counted): readonly Reading[] {
  const perVip = (count: (vip: Counted["vips"][number]) => number) =>
    vips.map((vip) => ({ labels: { ip: vip.ip }, value: count(vip) }));
  return [
    reading(metrics.metallb_layer2_requests_received, perVip((vip) => vip.requestsReceived)),
    reading(metrics.metallb_layer2_responses_sent, perVip((vip) => vip.responsesSent)),
    reading(metrics.metallb_layer2_gratuitous_sent, perVip((vip) => vip.gratuitousSent)),
    reading(
      metrics.pewter_layer2_frames_ignored_total,
      Object.entries(ignored).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
  ];
}
