import { assertEquals } from "@std/assert";
import { GratuitousSchedule } from "../../../speaker/l2/gratuitous.ts";

const all = { ip: "192.0.2.10", link: null };
const other = { ip: "192.0.2.11", link: null };
const onEth1 = { ip: "192.0.2.10", link: 2 };

/** Every tick until nothing is scheduled: when, and for which VIPs. */
function run(schedule: GratuitousSchedule): [number, string[]][] {
  const ticks: [number, string[]][] = [];
  for (let due = schedule.nextTickMs; due !== null; due = schedule.nextTickMs) {
    const rounds = schedule.tick(due).map(({ ip, link }) => link === null ? ip : `${ip}%${link}`);
    ticks.push([due, rounds]);
  }
  return ticks;
}

Deno.test("one announcement: a round at once, and at 1.1, 2.2, 3.3 and 4.4 s", () => {
  const schedule = new GratuitousSchedule();
  assertEquals(schedule.nextTickMs, null);
  assertEquals(schedule.start(all, 0), true);
  const ip = [all.ip];
  assertEquals(run(schedule), [[1100, ip], [2200, ip], [3300, ip], [4400, ip], [5500, []]]);
});

Deno.test("announced again while scheduled: no round at once, but they last longer", () => {
  const schedule = new GratuitousSchedule();
  schedule.start(all, 0);
  schedule.tick(1100);
  assertEquals(schedule.start(all, 2000), false);
  assertEquals(run(schedule).map(([due, rounds]) => [due, rounds.length]), [
    [2200, 1],
    [3300, 1],
    [4400, 1],
    [5500, 1],
    [6600, 1],
    [7700, 0],
  ]);
});

Deno.test("announced again after the end: it begins anew", () => {
  const schedule = new GratuitousSchedule();
  schedule.start(all, 0);
  run(schedule);
  assertEquals(schedule.start(all, 60_000), true);
  assertEquals(schedule.nextTickMs, 61_100);
});

Deno.test("all share one ticker", () => {
  const schedule = new GratuitousSchedule();
  schedule.start(all, 0);
  assertEquals(schedule.start(other, 1000), true);
  assertEquals(schedule.tick(1100), [all, other]);
});

Deno.test("nothing is due before the tick, and a late one brings a single round", () => {
  const schedule = new GratuitousSchedule();
  schedule.start(all, 0);
  assertEquals(schedule.tick(1099), []);
  assertEquals(schedule.tick(3500), [all]);
  assertEquals(schedule.nextTickMs, 4400);
});

Deno.test("the round at the deadline itself still takes place", () => {
  const schedule = new GratuitousSchedule();
  schedule.start(other, 0);
  schedule.start(all, 500);
  schedule.tick(1100);
  assertEquals(schedule.tick(5500), [all]);
});

Deno.test("withdrawn: silence, and the ticker stops with the last one", () => {
  const schedule = new GratuitousSchedule();
  schedule.start(all, 0);
  schedule.start(onEth1, 0);
  schedule.start(other, 0);
  schedule.withdraw(all.ip);
  assertEquals(schedule.tick(1100), [other]);
  schedule.withdraw(other.ip);
  assertEquals(schedule.nextTickMs, null);
  assertEquals(schedule.tick(9999), []);
});

Deno.test("a round on one interface is left out while there are rounds on all", () => {
  const schedule = new GratuitousSchedule();
  schedule.start(all, 0);
  assertEquals(schedule.start(onEth1, 4000), true);
  assertEquals(run(schedule), [
    [1100, ["192.0.2.10"]],
    [2200, ["192.0.2.10"]],
    [3300, ["192.0.2.10"]],
    [4400, ["192.0.2.10"]],
    [5500, ["192.0.2.10%2"]],
    [6600, ["192.0.2.10%2"]],
    [7700, ["192.0.2.10%2"]],
    [8800, ["192.0.2.10%2"]],
    [9900, []],
  ]);
});
