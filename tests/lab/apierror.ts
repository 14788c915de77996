/** What the API server answers when it doesn't do what it is asked. */

/** The API server answered with an error; `status` is the HTTP code. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(readonly status: number, readonly reason: string, message: string) {
    super(message);
  }
}

/** From a status code and the body, which is a `metav1.Status` where the API server wrote it. */
export function toError(status: number, text: string, what: string): ApiError {
  try {
    const answer = JSON.parse(text) as { readonly reason?: string; readonly message?: string };
    return new ApiError(status, answer.reason ?? "", `${what}: ${answer.message ?? text}`);
  } catch {
    return new ApiError(status, "", `${what}: ${status} ${text.slice(0, 200)}`);
  }
}
