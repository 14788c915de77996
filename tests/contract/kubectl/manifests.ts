/** Manifests for the kubectl suite. */

/** A definition with printer columns, a status subresource and rules. */
export const WIDGETS = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.io}
spec:
  group: example.io
  scope: Namespaced
  names: {plural: widgets, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: Tags, type: string, jsonPath: '.spec.tags[*]', priority: 1}
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, minimum: 1, maximum: 10}
              mode: {type: string, enum: [small, big], default: small}
              tags: {type: array, items: {type: string}}
          status:
            type: object
            properties: {ready: {type: boolean}}
`;

export function widget(name: string, size: number): string {
  return `
apiVersion: example.io/v1
kind: Widget
metadata: {name: ${name}}
spec: {size: ${size}, tags: [red, blue]}
`;
}

export function service(port: number, more = ""): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec:
  type: LoadBalancer
  ipFamilyPolicy: PreferDualStack
  selector: {app: web}
  ports:
  - {name: http, port: ${port}}
${more}`;
}

/** An Event about a Service. */
export function eventAbout(uid: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "web.1" },
    involvedObject: { apiVersion: "v1", kind: "Service", namespace: "default", name: "web", uid },
    reason: "IPAllocated",
    message: "gave it an address",
    type: "Normal",
    count: 2,
    firstTimestamp: new Date(Date.now() - 60_000).toISOString().replace(/\.\d+/, ""),
    lastTimestamp: new Date().toISOString().replace(/\.\d+/, ""),
    source: { component: "pewter" },
  });
}
