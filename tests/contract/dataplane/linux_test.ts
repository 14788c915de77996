/** The real data plane, held to the same contract as the fake, on real kernels. */
import { sandboxMissing } from "../../support/netsandbox.ts";
import { openLinuxHarness } from "./linuxharness.ts";
import { dataplaneContract } from "./suite.ts";

dataplaneContract("Linux", () => openLinuxHarness(), sandboxMissing());
