import { Arg } from "type-graphql";
import type { Resolution } from "../../model/records.js";
import { ResolutionEnum } from "../types/enums.js";

const DESCRIPTION = "Length of the intervals that the samples are grouped into";

/** For samples of a day, which are counted from its midnight. */
export const OfDayAt = (defaultValue: Resolution) =>
  Arg("resolution", () => ResolutionEnum, { defaultValue, description: `${DESCRIPTION}.` });

/** For courses. */
export const FromFirstAt = (defaultValue: Resolution) =>
  Arg("resolution", () => ResolutionEnum, {
    defaultValue,
    description: `${DESCRIPTION}, counted from the first sample.`,
  });
