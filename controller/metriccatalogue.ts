/** What the controller measures, beside what both daemons do; the first seven are MetalLB's. */
import { metricCatalogue } from "../core/metric.ts";

export const controllerMetrics = metricCatalogue({
  metallb_allocator_addresses_total: ["gauge", "Usable addresses of the pool, both families", "pool"],
  metallb_allocator_addresses_in_use_total: [
    "gauge",
    "Addresses of the pool that Services hold, both families; a shared one counts once",
    "pool",
  ],
  metallb_allocator_ipv4_addresses_total: ["gauge", "Usable IPv4 addresses of the pool", "pool"],
  metallb_allocator_ipv4_addresses_in_use_total: [
    "gauge",
    "IPv4 addresses of the pool that Services hold; a shared one counts once",
    "pool",
  ],
  metallb_allocator_ipv6_addresses_total: ["gauge", "Usable IPv6 addresses of the pool", "pool"],
  metallb_allocator_ipv6_addresses_in_use_total: [
    "gauge",
    "IPv6 addresses of the pool that Services hold; a shared one counts once",
    "pool",
  ],
  metallb_allocator_services_allocated_total: [
    "gauge",
    "Services that hold an address of the pool (MetalLB has the name and never sets it)",
    "pool",
  ],
  pewter_services_refused: [
    "gauge",
    "Services that have no address now, or not the one they ask for, by the word that says why",
    "reason",
  ],
  pewter_write_queue_length: ["gauge", "Status writes that wait or are under way"],
  pewter_leader: ["gauge", "1 while this replica acts, 0 while it stands by"],
});
