/** Answers the API server's questions: HTTP and JSON in, HTTP and JSON out. */
import type { Logger } from "../../../core/log.ts";
import { keyOf } from "../../../core/meta.ts";
import type { KubeApi } from "../../../kube/api.ts";
import { asError } from "../../../kube/failures.ts";
import type { SecureAnswer, SecureRequest } from "../../../kube/securehttp.ts";
import { admissionLog } from "../../admission/catalogue.ts";
import { conversionPath, convertReview } from "../../admission/conversion.ts";
import type { Judgement, Known } from "../../admission/judge.ts";
import {
  type AdmissionRequest,
  admissionReviewOf,
  readAdmissionReview,
  ReviewError,
  type Verdict,
} from "../../admission/review.ts";
import { type Admission, admissionAt } from "../../admission/subjects.ts";
import { readConfiguration, readNodes } from "./reader.ts";

export interface AnswererOptions {
  readonly api: KubeApi;
  readonly log: Logger;
  /** The installation's. */
  readonly namespace: string;
  /** How long reading other objects may take, in milliseconds; the API server itself waits 3 s for an answer. */
  readonly readMs?: number;
}

const usualReadMs = 2_000;

/** More questions at a time are turned away, so that nobody can fill the memory with bodies. */
const mostAtOnce = 16;

export class Answerer {
  readonly #options: AnswererOptions;
  #underWay = 0;

  constructor(options: AnswererOptions) {
    this.#options = options;
  }

  readonly answer = async (request: SecureRequest): Promise<SecureAnswer> => {
    const { method, path } = request;
    const admission = admissionAt(path);
    if (admission === null && path !== conversionPath) return plain(404, `there is no webhook at ${path}`);
    if (method !== "POST") return plain(405, "webhooks are asked by POST", { allow: "POST" });
    if (this.#underWay >= mostAtOnce) return plain(503, "too many questions at once", { "retry-after": "1" });
    this.#underWay++;
    try {
      const body = parse(await request.text());
      const review = admission === null ? convertReview(body) : await this.#admit(admission, body);
      return { status: 200, body: JSON.stringify(review), headers: { "content-type": "application/json" } };
    } catch (error) {
      if (error instanceof ReviewError) return plain(400, error.message);
      throw error;
    } finally {
      this.#underWay--;
    }
  };

  async #admit(admission: Admission, body: unknown): Promise<unknown> {
    const request = readAdmissionReview(body);
    const verdict = await this.#verdict(admission, request);
    for (const { kind, field, message, ...object } of verdict.refusals) {
      this.#options.log.write(admissionLog.refused, {
        ...{ object: `${kind} ${keyOf(object)}`, operation: request.operation, field, message },
      });
    }
    return admissionReviewOf(request, verdict);
  }

  async #verdict(admission: Admission, request: AdmissionRequest): Promise<Verdict> {
    const { namespace, log } = this.#options;
    const alone: Known = { namespace, configuration: null, nodesRead: true };
    try {
      return verdictOf(await this.#judge(admission, request, alone));
    } catch (error) {
      const { name } = (request.object ?? request.oldObject)?.metadata ?? {};
      log.write(admissionLog.notCompared, { object: `${admission.kind} ${name}`, error: asError(error) });
      return verdictOf(admission.judge(request, alone));
    }
  }

  /** With what it takes: most questions need no nodes. */
  async #judge(admission: Admission, request: AdmissionRequest, alone: Known): Promise<Judgement> {
    const { api, namespace, readMs = usualReadMs } = this.#options;
    const reads = admission.reads(request);
    const isHere = (request.object ?? request.oldObject)?.metadata.namespace === namespace;
    if (reads === null || !isHere) return admission.judge(request, alone);
    const signal = AbortSignal.timeout(readMs);
    const configuration = await readConfiguration(api, namespace, reads, signal);
    const judgement = admission.judge(request, { namespace, configuration, nodesRead: false });
    if (judgement.type === "verdict") return judgement;
    const nodes = await readNodes(api, signal);
    return admission.judge(request, {
      ...{ namespace, nodesRead: true },
      configuration: { ...configuration, nodes },
    });
  }
}

function verdictOf(judgement: Judgement): Verdict {
  if (judgement.type === "verdict") return judgement.verdict;
  throw new TypeError("nodes were asked for twice");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What it quotes may be a password.
    throw new ReviewError("the body is not JSON");
  }
}

function plain(status: number, text: string, headers?: Readonly<Record<string, string>>): SecureAnswer {
  return { status, body: `${text}\n`, ...(headers === undefined ? {} : { headers }) };
}
