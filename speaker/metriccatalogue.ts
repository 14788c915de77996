/** What the speaker measures, beside what both daemons do; the first four are MetalLB's. */
import { metricCatalogue } from "../core/metric.ts";

export const speakerMetrics = metricCatalogue({
  metallb_speaker_announced: [
    "gauge",
    "1 for each address that this node announces; protocol is layer2 or bgp",
    "service",
    "protocol",
    "node",
    "ip",
  ],
  metallb_layer2_requests_received: [
    "counter",
    "ARP and NDP requests for an address that this node announces",
    "ip",
  ],
  metallb_layer2_responses_sent: ["counter", "ARP and NDP replies sent for an address", "ip"],
  metallb_layer2_gratuitous_sent: [
    "counter",
    "Gratuitous frames sent for an address, each request and each reply of each interface",
    "ip",
  ],
  pewter_layer2_frames_ignored_total: [
    "counter",
    "ARP and NDP frames that were not answered, by the word that says why",
    "reason",
  ],
  pewter_services_silent: [
    "gauge",
    "Services that this node doesn't announce, by the word that says why",
    "reason",
  ],
  pewter_speakers_live: [
    "gauge",
    "Speakers that are alive as this node sees it; absent while their Leases don't tell",
  ],
});
