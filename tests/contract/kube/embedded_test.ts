/** The embedded API server, and what its faults do to our client. */
import { faultCases } from "./faults.ts";
import { contract, sharedCases } from "./runner.ts";
import { embeddedServer } from "./servers.ts";

contract("kube, embedded API server", [...sharedCases, ...faultCases], null, embeddedServer);
