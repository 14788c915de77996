/** What is wrong with a Service; the rules that matter to load balancers, worded as Kubernetes words them. */
import type { ApiObject, JsonObject } from "./json.ts";
import { arrayOr, at, equal, objectOr, textOr } from "./json.ts";
import { externallyAccessible, needsHealthPort } from "./service_defaults.ts";
import { type FieldProblem, forbiddenValue, invalidValue, required, unsupported } from "./status.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const POLICIES = ["Cluster", "Local"];
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Is this a literal IPv4 or IPv6 address? */
export function isIp(text: string): boolean {
  if (!text.includes(":")) return IPV4.test(text);
  try {
    new URL(`http://[${text}]/`);
    return true;
  } catch {
    return false;
  }
}

function oneOf(spec: JsonObject, field: string, allowed: readonly string[]): FieldProblem[] {
  const value = spec[field];
  if (value === undefined || value === "" || allowed.includes(textOr(value))) return [];
  return [unsupported(`spec.${field}`, value, allowed)];
}

function portProblems(spec: JsonObject): FieldProblem[] {
  const ports = arrayOr(spec["ports"]).map(objectOr);
  const problems: FieldProblem[] = [];
  const headless = spec["clusterIP"] === "None";
  if (ports.length === 0 && spec["type"] !== "ExternalName" && !headless) {
    problems.push(required("spec.ports"));
  }
  const names = new Set<string>();
  const seen = new Set<string>();
  ports.forEach((port, i) => {
    const path = `spec.ports[${i}]`;
    const name = textOr(port["name"]);
    if (name === "" && ports.length > 1) problems.push(required(`${path}.name`));
    else if (names.has(name)) {
      problems.push({
        reason: "FieldValueDuplicate",
        field: `${path}.name`,
        message: `Duplicate value: "${name}"`,
      });
    }
    names.add(name);
    const number = port["port"];
    if (typeof number !== "number" || number < 1 || number > 65535) {
      problems.push(invalidValue(`${path}.port`, number ?? 0, "must be between 1 and 65535, inclusive"));
    }
    const target = port["targetPort"];
    if (typeof target === "number" && (target < 1 || target > 65535)) {
      problems.push(invalidValue(`${path}.targetPort`, target, "must be between 1 and 65535, inclusive"));
    }
    if (!PROTOCOLS.includes(textOr(port["protocol"]))) {
      problems.push(unsupported(`${path}.protocol`, port["protocol"], PROTOCOLS));
    }
    const key = `${number}/${textOr(port["protocol"])}`;
    if (seen.has(key)) {
      const value = `{"protocol":"${textOr(port["protocol"])}","port":${number}}`;
      problems.push({ reason: "FieldValueDuplicate", field: path, message: `Duplicate value: ${value}` });
    }
    seen.add(key);
  });
  return problems;
}

function dependentProblems(spec: JsonObject): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const type = spec["type"];
  if (spec["loadBalancerClass"] !== undefined && type !== "LoadBalancer") {
    problems.push(forbiddenValue("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'"));
  }
  if (spec["allocateLoadBalancerNodePorts"] !== undefined && type !== "LoadBalancer") {
    const field = "spec.allocateLoadBalancerNodePorts";
    problems.push(forbiddenValue(field, "may only be used when `type` is 'LoadBalancer'"));
  }
  if (textOr(spec["externalTrafficPolicy"]) !== "" && !externallyAccessible(spec)) {
    const why = "may only be set for externally-accessible services";
    problems.push(invalidValue("spec.externalTrafficPolicy", spec["externalTrafficPolicy"], why));
  }
  if (spec["healthCheckNodePort"] && !needsHealthPort(spec)) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    problems.push(invalidValue("spec.healthCheckNodePort", spec["healthCheckNodePort"], why));
  }
  if (arrayOr(spec["loadBalancerSourceRanges"]).length > 0 && type !== "LoadBalancer") {
    problems.push(
      forbiddenValue("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'"),
    );
  }
  if (type === "ExternalName" && textOr(spec["externalName"]) === "") {
    problems.push(required("spec.externalName"));
  }
  if (type === "LoadBalancer" && spec["clusterIP"] === "None") {
    const why = "may not be set to 'None' for LoadBalancer services";
    problems.push(invalidValue("spec.clusterIPs[0]", "None", why));
  }
  if (type === "ClusterIP") {
    arrayOr(spec["ports"]).map(objectOr).forEach((port, i) => {
      if (port["nodePort"]) {
        const why = "may not be used when `type` is 'ClusterIP'";
        problems.push(forbiddenValue(`spec.ports[${i}].nodePort`, why));
      }
    });
  }
  return problems;
}

/** Problems of a Service that is created, or replaces `before`. */
export function serviceProblems(service: ApiObject, before: Readonly<ApiObject> | undefined): FieldProblem[] {
  const spec = objectOr(service.spec);
  const problems = [
    ...oneOf(spec, "type", TYPES),
    ...oneOf(spec, "sessionAffinity", ["ClientIP", "None"]),
    ...oneOf(spec, "externalTrafficPolicy", POLICIES),
    ...oneOf(spec, "internalTrafficPolicy", POLICIES),
    ...portProblems(spec),
    ...dependentProblems(spec),
  ];
  arrayOr(spec["clusterIPs"]).map(textOr).forEach((ip, i) => {
    if (ip !== "None" && !isIp(ip)) {
      problems.push(
        invalidValue(
          `spec.clusterIPs[${i}]`,
          ip,
          "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        ),
      );
    }
  });
  if (before !== undefined) problems.push(...changeProblems(spec, objectOr(before.spec)));
  return problems;
}

function changeProblems(spec: JsonObject, old: JsonObject): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const first = textOr(arrayOr(old["clusterIPs"])[0]);
  const now = textOr(arrayOr(spec["clusterIPs"])[0]);
  const both = spec["type"] !== "ExternalName" && old["type"] !== "ExternalName";
  if (both && first !== "" && now !== first) {
    problems.push(invalidValue("spec.clusterIPs[0]", arrayOr(spec["clusterIPs"]), "may not change once set"));
  }
  const stillBalanced = old["type"] === "LoadBalancer" && spec["type"] === "LoadBalancer";
  if (stillBalanced && !equal(old["loadBalancerClass"], spec["loadBalancerClass"])) {
    const why = "may not change once set";
    problems.push(invalidValue("spec.loadBalancerClass", spec["loadBalancerClass"] ?? null, why));
  }
  return problems;
}

/** Problems of a Service's status. */
export function serviceStatusProblems(service: ApiObject): FieldProblem[] {
  const path = "status.loadBalancer.ingress";
  const ingress = arrayOr(at(service.status, "loadBalancer", "ingress")).map(objectOr);
  if (ingress.length > 0 && objectOr(service.spec)["type"] !== "LoadBalancer") {
    return [forbiddenValue(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((one, i): FieldProblem[] => {
    const ip = textOr(one["ip"]);
    const mode = one["ipMode"];
    if (ip !== "" && !isIp(ip)) {
      return [
        invalidValue(`${path}[${i}].ip`, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
      ];
    }
    if (ip === "" && mode !== undefined) {
      return [forbiddenValue(`${path}[${i}].ipMode`, "may not be specified when `ip` is not set")];
    }
    if (mode !== undefined && mode !== "VIP" && mode !== "Proxy") {
      return [unsupported(`${path}[${i}].ipMode`, mode, ["Proxy", "VIP"])];
    }
    return [];
  });
}
