/** A conversion webhook around the pure functions, so that a real API server may call them. */
import { convertBGPPeer, type VersionedObject } from "../../../crds/bgppeerconversion.ts";
import { makeCertificates } from "../../lab/apiserver/tls.ts";

/** See Kubernetes `apiextensions.k8s.io/v1 ConversionRequest`. */
interface Review {
  readonly apiVersion: string;
  readonly request: {
    readonly uid: string;
    readonly desiredAPIVersion: string;
    readonly objects: readonly VersionedObject[];
  };
}

export interface Converter extends AsyncDisposable {
  readonly url: string;
  readonly caPem: string;
}

export async function startConverter(): Promise<Converter> {
  const { caPem, certPem, keyPem } = await makeCertificates(["127.0.0.1"], new Date());
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert: certPem, key: keyPem, onListen: () => {} },
    async (request) => {
      const { apiVersion, request: { uid, desiredAPIVersion, objects } } = await request.json() as Review;
      const convertedObjects = objects.map((object) => convertBGPPeer(object, desiredAPIVersion));
      return Response.json({
        apiVersion,
        kind: "ConversionReview",
        response: { uid, result: { status: "Success" }, convertedObjects },
      });
    },
  );
  return {
    url: `https://127.0.0.1:${server.addr.port}/convert`,
    caPem,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
