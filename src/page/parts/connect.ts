import type { ProviderId } from "../generated/operations.js";
import { usePage } from "./page.js";

/** Leads to a provider's consent page, in this window. */
export function useConnect(): (provider: ProviderId) => void {
  const { data } = usePage();
  return (provider) => {
    void data.connect(provider).then((page) => {
      // Whatever the gateway answers, only a page of the web is opened.
      if (page !== null && /^https?:/.test(page)) location.assign(page);
    });
  };
}
