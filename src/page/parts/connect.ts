import type { Domain, ProviderId } from "../generated/operations.js";
import { usePage } from "./page.js";

/** Leads to a provider's consent page, in this window. `wanted`: what is to be allowed there, beside what usually is. */
export function useConnect(): (provider: ProviderId, wanted?: Domain) => void {
  const { data } = usePage();
  return (provider, wanted) => {
    void data.connect(provider, wanted).then((page) => {
      // Whatever the gateway answers, only a page of the web is opened.
      if (page !== null && /^https?:/.test(page)) location.assign(page);
    });
  };
}
