/** A real kube-apiserver on a real etcd. */
import { kubernetesBinaries } from "../../lab/controlplane/binaries.ts";
import { contract, sharedCases } from "./runner.ts";
import { realServer } from "./servers.ts";

const binaries = await kubernetesBinaries();
const reason = "unavailable" in binaries ? binaries.unavailable : null;

contract("kube, real kube-apiserver", sharedCases, reason, () => {
  if ("unavailable" in binaries) throw new Error(binaries.unavailable);
  return realServer(binaries);
});
