/** Bundles the page for people into a folder; without one, to where the server looks for it. */
export function buildPage(to?: string): Promise<void>;
