/** Where something will stand, in its final size. */
export const Skeleton = ({ of }: { readonly of: "line" | "short" | "figure" | "spark" | "chart" }) => (
  <span class={`skeleton skeleton-${of}`} aria-hidden="true" />
);
