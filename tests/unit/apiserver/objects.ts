/** Objects and a state for the unit tests of the lab's API server. */
import { Authenticator } from "../../lab/apiserver/authn.ts";
import { Collector } from "../../lab/apiserver/collector.ts";
import { customKinds } from "../../lab/apiserver/crd.ts";
import type { ApiObject, JsonObject } from "../../lab/apiserver/json.ts";
import type { KindInfo } from "../../lab/apiserver/kinds.ts";
import type { Target } from "../../lab/apiserver/persist.ts";
import { Registry } from "../../lab/apiserver/registry.ts";
import { ServiceAllocator } from "../../lab/apiserver/service_alloc.ts";
import type { ServerState, WriteContext } from "../../lab/apiserver/state.ts";
import { Store } from "../../lab/apiserver/store.ts";
import { create } from "../../lab/apiserver/write.ts";

/** The time in all of these tests. */
export const NOW = new Date("2026-01-02T03:04:05Z");

/** Writes as one manager. */
export function contextOf(manager = "tester", more: Partial<WriteContext> = {}): WriteContext {
  return {
    user: { name: "tester", groups: ["system:masters"] },
    dryRun: false,
    manager,
    fieldValidation: "Warn",
    warnings: [],
    ...more,
  };
}

/** A state with the namespace `default`, as the server keeps it. */
export function makeState(): ServerState {
  const state: ServerState = {
    store: new Store(100),
    registry: new Registry(),
    allocator: new ServiceAllocator(),
    authenticator: new Authenticator(),
    now: () => NOW,
  };
  state.store.observe((storage, { type, entry, before }) => {
    if (storage === "/services") {
      state.allocator.committed(before?.object, type === "DELETED" ? undefined : entry.object);
    }
  });
  new Collector(state);
  create(
    state,
    targetOf(kindOf(state, "v1", "Namespace"), "", ""),
    { metadata: { name: "default" } },
    contextOf(),
  );
  return state;
}

/** A kind by its apiVersion and name. */
export function kindOf(state: ServerState, apiVersion: string, kind: string): KindInfo {
  const info = state.registry.findKind(apiVersion, kind);
  if (info === undefined) throw new Error(`${apiVersion} ${kind} isn't served`);
  return info;
}

export function targetOf(info: KindInfo, name: string, namespace = "default", subresource = ""): Target {
  return { info, name, namespace, subresource };
}

/** A CustomResourceDefinition `widgets.example.io` with this schema of its spec. */
export function widgetCrd(spec: JsonObject, status = true): ApiObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.io" },
    spec: {
      group: "example.io",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget", singular: "widget", listKind: "WidgetList" },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        ...(status ? { subresources: { status: {} } } : {}),
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec, status: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        },
      }],
    },
  };
}

/** The kind that {@link widgetCrd} defines, served by a state. */
export function serveWidgets(state: ServerState, spec: JsonObject, status = true): KindInfo {
  const [info] = customKinds(widgetCrd(spec, status));
  if (info === undefined) throw new Error("the definition serves nothing");
  state.registry.setCustom("widgets.example.io", [info]);
  return info;
}
