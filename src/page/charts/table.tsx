import { useState } from "preact/hooks";

interface TableProps {
  /** What opens it: "As a table". */
  readonly summary: string;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly columns: readonly string[];
  /** Oldest first. Asked for when it is opened. */
  readonly rows: () => readonly (readonly string[])[];
  /** Days begin with the newest; the course of one day or night begins with its start. */
  readonly isCourse?: boolean;
  /** In place of the rows, where they are not there yet. */
  readonly note?: string | undefined;
  readonly onOpen?: (isOpen: boolean) => void;
}

/** The rows of a chart, on demand. */
export function Table({ summary, label, columns, rows, isCourse = false, note, onOpen }: TableProps) {
  const [open, setOpen] = useState(false);
  const known = open && note === undefined ? rows() : [];
  return (
    <details
      class="chart-table"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
        onOpen?.(currentTarget.open);
      }}
    >
      <summary>{summary}</summary>
      {open && note !== undefined && (
        <p class="chart-caption" role="status">
          {note}
        </p>
      )}
      {open && note === undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section class={columns.length > 3 ? "chart-scroll is-wide" : "chart-scroll"} tabIndex={0} aria-label={label}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {(isCourse ? known : known.toReversed()).map((cells, row) => (
                <tr key={row}>
                  {cells.map((cell, k) => (
                    <td key={columns[k]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
