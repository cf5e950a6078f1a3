import { type LabRoute, route, text } from "../kit/index.js";
import { noSuchRoute } from "./errors.js";
import type { MisfitNotifications } from "./notifications.js";
import type { SnsAuthority } from "./sns-authority.js";

const XML = "text/xml";
const NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/";

/** What Amazon and the developer portal serve under their own hosts, here on the lab's origin. */
export function snsRoutes(authority: SnsAuthority, notifications: MisfitNotifications): LabRoute[] {
  const certificates = [authority.current, authority.expired].map(({ path, pem }) =>
    route("GET", path, () => text(200, pem, "application/x-pem-file")),
  );
  return [
    ...certificates,
    route("GET", "/", (request) => {
      const { query } = request;
      switch (query.get("Action")) {
        case "ConfirmSubscription": {
          const found = notifications.confirm(query.get("TopicArn") ?? "", query.get("Token") ?? "");
          return found
            ? text(200, result("ConfirmSubscription", `<SubscriptionArn>${found.arn}</SubscriptionArn>`), XML)
            : text(400, error("InvalidParameter", "Invalid parameter: Token"), XML);
        }
        case "Unsubscribe":
          return notifications.unsubscribe(query.get("SubscriptionArn") ?? "")
            ? text(200, result("Unsubscribe", ""), XML)
            : text(404, error("NotFound", "Subscription does not exist"), XML);
        default:
          return noSuchRoute(request.method, request.path);
      }
    }),
    route("GET", "/apps/:app/verify_endpoint", (request) =>
      notifications.visitTestEndpoint(request.path, request.query)
        ? text(200, "OK")
        : noSuchRoute(request.method, request.path),
    ),
  ];
}

function result(action: string, content: string): string {
  return `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${content}</${action}Result></${action}Response>\n`;
}

function error(code: string, message: string): string {
  const detail = `<Type>Sender</Type><Code>${code}</Code><Message>${message}</Message>`;
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error>${detail}</Error></ErrorResponse>\n`;
}
