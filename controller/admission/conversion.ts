/** Kubernetes `apiextensions.k8s.io ConversionReview`: BGPPeers between their two versions. */
import { convertBGPPeer, type VersionedObject } from "../../crds/bgppeerconversion.ts";
import { describe, isMapping, quote } from "../../crds/values.ts";
import { ReviewError, reviewOf, uidOf } from "./review.ts";

/** Where the API server asks for it. */
export const conversionPath = "/convert";

/** How many objects a failure names. */
const mostNamed = 5;

/**
 * The whole answer: all objects in the wished version, in their order, or else a failure that names those that can't
 * be had in it. The apiVersion of the review, v1 or v1beta1, comes back as it was.
 *
 * @throws {ReviewError} when the body isn't a ConversionReview
 */
export function convertReview(body: unknown): unknown {
  const { apiVersion, request } = reviewOf(body, "ConversionReview");
  const { uid, desiredAPIVersion, objects } = request;
  if (typeof desiredAPIVersion !== "string") {
    throw new ReviewError("ConversionReview: request.desiredAPIVersion must be text");
  }
  if (!Array.isArray(objects)) throw new ReviewError("ConversionReview: request.objects must be a list");
  const converted = objects.map((object: unknown) => convertOne(object, desiredAPIVersion));
  const failures = converted.filter((result) => typeof result === "string");
  const named = [
    ...failures.slice(0, mostNamed),
    ...(failures.length > mostNamed ? [`and ${failures.length - mostNamed} more`] : []),
  ];
  return {
    apiVersion,
    kind: "ConversionReview",
    response: {
      uid: uidOf("ConversionReview", uid),
      result: failures.length === 0
        ? { status: "Success" }
        : { status: "Failure", message: named.join("; "), reason: "Invalid", code: 422 },
      convertedObjects: failures.length === 0 ? converted : [],
    },
  };
}

/** The object in the other version, or a sentence that says why there is none. */
function convertOne(object: unknown, version: string): VersionedObject | string {
  if (!isMapping(object)) return `an object must be a mapping, not ${describe(object)}`;
  const { kind, apiVersion, metadata } = object;
  if (kind !== "BGPPeer") return `${nameOf(object)} can't be converted: only BGPPeers have several versions`;
  // The API server refuses an answer in which metadata is another.
  if (!isMapping(metadata)) return `${nameOf(object)} can't be converted: its metadata must be a mapping`;
  return convertBGPPeer(object, version) ??
    `${nameOf(object)} can't be converted from ${describe(apiVersion)} to ${quote(version)}: there are ` +
      `metallb.io/v1beta1 and metallb.io/v1beta2`;
}

function nameOf({ kind, metadata }: { readonly kind?: unknown; readonly metadata?: unknown }): string {
  const { namespace, name } = isMapping(metadata) ? metadata : {};
  const parts = [namespace, name].filter((part) => typeof part === "string");
  return `${typeof kind === "string" ? kind : "the object"} ${quote(parts.join("/"))}`;
}
