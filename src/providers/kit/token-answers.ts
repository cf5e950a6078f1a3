import type { TokenAnswer, TokenCall } from "../provider.js";

/** For token endpoints that answer `invalid_request` to a dead refresh token. At other calls it is our mistake. */
export function invalidRequestAsDead(answer: TokenAnswer, call: TokenCall): TokenAnswer {
  const isDead = call === "refresh" && answer.status === 400 && answer.body["error"] === "invalid_request";
  return isDead ? { ...answer, body: { error: "invalid_grant" } } : answer;
}
