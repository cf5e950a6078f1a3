import { optionalList, optionalObject, optionalString } from "../../http/json.js";
import type { TokenAnswer } from "../provider.js";

/** The token endpoint names errors in a list, `{"errors": [{"errorType": "invalid_grant"}]}`. The first one counts. */
export function asStandard(answer: TokenAnswer): TokenAnswer {
  const { body } = answer;
  if (optionalString(body["error"]) !== null) return answer;
  const error = optionalString(optionalObject(optionalList(body["errors"])[0])?.["errorType"]);
  return error === null ? answer : { ...answer, body: { ...body, error } };
}
