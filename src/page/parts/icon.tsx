const paths = {
  today: (
    <>
      <circle cx="10" cy="10" r="7" opacity=".35" />
      <path d="M10 3a7 7 0 0 1 6.6 9.3" />
    </>
  ),
  activity: <path d="M4 16v-5M8 16V6M12 16v-8M16 16V4" />,
  heart: <path d="M10 16.5S3 12.6 3 7.8A3.8 3.8 0 0 1 10 5.7a3.8 3.8 0 0 1 7 2.1c0 4.8-7 8.7-7 8.7Z" />,
  sleep: <path d="M16.5 12.2A7 7 0 1 1 8 3.6a5.6 5.6 0 0 0 8.5 8.6Z" />,
  body: (
    <>
      <rect x="3" y="3.5" width="14" height="13" rx="3.5" />
      <path d="M7 7.5a4.6 4.6 0 0 1 6 0M10 9.8l1.2-2.6" />
    </>
  ),
  workouts: <path d="M3 8v4M6 5.5v9M14 5.5v9M17 8v4M6 10h8" />,
  sources: (
    <>
      <circle cx="5" cy="10" r="2" />
      <circle cx="15" cy="4.5" r="2" />
      <circle cx="15" cy="15.5" r="2" />
      <path d="m6.8 9 6.4-3.5M6.8 11l6.4 3.5" />
    </>
  ),
  settings: (
    <>
      <path d="M3 6h8M15 6h2M3 14h2M9 14h8" />
      <circle cx="13" cy="6" r="2" />
      <circle cx="7" cy="14" r="2" />
    </>
  ),
  code: <path d="m7 6-4 4 4 4M13 6l4 4-4 4" />,
  info: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 9.5v4M10 6.7v.1" />
    </>
  ),
  warn: <path d="M10 3.5 17.5 16h-15zM10 8.5V12M10 14v.1" />,
  done: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="m7 10.2 2.2 2.2L13.3 8" />
    </>
  ),
  cloud: <path d="M3 3l14 14M6.5 8A3.5 3.5 0 0 0 6 15h8.5M16.8 13.8A3 3 0 0 0 14.5 9 4.7 4.7 0 0 0 9 5.7" />,
  up: <path d="m5 12 5-5 5 5" />,
  down: <path d="m5 8 5 5 5-5" />,
  left: <path d="m12 5-5 5 5 5" />,
  right: <path d="m8 5 5 5-5 5" />,
  grip: <path d="M7.5 5v.1M12.5 5v.1M7.5 10v.1M12.5 10v.1M7.5 15v.1M12.5 15v.1" stroke-width="2.4" />,
} as const;

export type IconName = keyof typeof paths;

/** A sign beside words; it says nothing by itself. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      {paths[name]}
    </svg>
  );
}

/** The page's own sign. */
export function Mark() {
  return (
    <svg class="mark" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
      <rect width="26" height="26" rx="8" />
      <path d="M5.5 13h3l2-5 4.5 10 2.5-5h3" />
    </svg>
  );
}
