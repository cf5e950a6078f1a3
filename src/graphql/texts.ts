import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from "graphql";
import { PulsegateError } from "../errors.js";
import { faultOfText, MAX_TEXT_LENGTH } from "../model/text.js";

/** The most items of one list in an argument. */
export const MAX_ITEMS = 100;

/** Texts that may be longer than ids, names and scopes, by their place. */
const longer: Readonly<Record<string, number>> = {
  "ConnectInput.redirectTo": 2_000,
  "CreateWebhookInput.url": 2_048,
  // Opaque tokens have up to 2,048 characters. JSON web tokens may be longer.
  "ImportConnectionInput.accessToken": 8_192,
  "ImportConnectionInput.refreshToken": 8_192,
};

/**
 * Checks the arguments of a field, at all depths: no text and no list of a caller may be too long. To be called before
 * anything is stored, looked up or sent to a provider. Throws BAD_USER_INPUT, which names the place and never the
 * value.
 */
export function checkTexts(declared: readonly GraphQLArgument[], given: Readonly<Record<string, unknown>>): void {
  for (const { name, type } of declared) check(type, given[name], name, MAX_TEXT_LENGTH);
}

function check(type: GraphQLInputType, value: unknown, path: string, maxLength: number): void {
  if (value === undefined || value === null) return;
  const inner = getNullableType(type);
  if (isListType(inner)) {
    const items = value as readonly unknown[];
    if (items.length > MAX_ITEMS) throw refused(path, `has more than ${MAX_ITEMS} items`);
    for (const [index, item] of items.entries()) check(inner.ofType, item, `${path}[${index}]`, maxLength);
  } else if (isInputObjectType(inner)) {
    const parts = value as Readonly<Record<string, unknown>>;
    for (const field of Object.values(inner.getFields()))
      check(field.type, parts[field.name], `${path}.${field.name}`, longer[`${inner.name}.${field.name}`] ?? maxLength);
  } else if (typeof value === "string" && !isEnumType(inner)) {
    const fault = faultOfText(value, maxLength);
    if (fault !== null) throw refused(path, fault);
  }
}

const refused = (path: string, fault: string) => new PulsegateError("BAD_USER_INPUT", `${path} ${fault}.`);
